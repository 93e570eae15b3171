"""The commands that programs.py runs with faults, for each program: the files that are there, the
commands that make the old ones (before), the command; which files may be in between (grows: logs that
lose a line; between: folders that hold what was reached when the fault came); and of files that
belong together, who reads them (reads)."""

from array import array

TINY = ["--n-layer", "1", "--n-head", "2", "--n-embd", "8", "--block-size", "8", "--batch-size", "2",
        "--warmup", "1", "--eval-iters", "1", "--eval-every", "2", "--threads", "1"]


def table():
    """Forty rows of two classes."""
    return "".join(f"{i % 7},{i * i % 11},{i % 5 / 2},{i % 2}\n" for i in range(40))


def page(root):
    """The beginning of a text."""
    with open(f"{root}/examples/data/shakespeare.txt", encoding="utf-8") as file:
        return file.read(3000)


def shard():
    """Tokens that nobody has said the words of."""
    header = array("i", [20240520, 1, 400] + 253 * [0])
    return header.tobytes() + array("H", [i % 7 for i in range(400)]).tobytes()


def gpt2(root):
    """Each subcommand; those that write, over what an earlier one has written."""
    train = ["train", "--data", "page", *TINY]
    model = [[*train, "--out", "m", "--steps", "1"]]
    files = {"page": page(root)}

    def reads(*command):
        return {"files": files, "before": model, "command": list(command)}

    return {
        "train": {
            "files": files, "between": ["a", "a.svg"], "grows": ["a.csv"],
            "command": [*train, "--out", "a", "--steps", "4", "--save-every", "2", "--log", "a.csv",
                        "--plot", "a.svg"]},
        "train --overwrite": {
            "files": {**files, "other": files["page"].replace("a", "@")},
            "reads": ["generate", "--model", "o", "--tokens", "1"],
            "before": [["train", "--data", "other", *TINY, "--out", "o", "--steps", "1"]],
            "command": [*train, "--out", "o", "--steps", "2", "--save-every", "0", "--overwrite"]},
        "train-tokenizer": {
            "files": files,
            "before": [["train-tokenizer", "--data", "page", "--vocab-size", "260", "--out", "w"]],
            "reads": ["tokenize", "--model", "w", "--file", "page"],
            "command": ["train-tokenizer", "--data", "page", "--vocab-size", "264", "--out", "w"]},
        "convert": {
            "files": files, "reads": ["info", "--model", "c"],
            "before": [*model, ["convert", "--model", "m", "--out", "c", "--dtype", "f16"]],
            "command": ["convert", "--model", "m", "--out", "c", "--dtype", "bf16"]},
        "convert over another": {
            "files": {**files, "other": files["page"].replace("a", "@")},
            "reads": ["generate", "--model", "c", "--tokens", "1"],
            "before": [*model, ["train", "--data", "other", *TINY, "--out", "c", "--steps", "1"]],
            "command": ["convert", "--model", "m", "--out", "c", "--dtype", "bf16", "--overwrite"]},
        "convert what has no vocabulary": {
            "files": {**files, "s.bin": shard()}, "reads": ["info", "--model", "c"],
            "before": [["train", "--data", "s.bin", *TINY, "--out", "n", "--steps", "1"],
                       ["train", "--data", "page", *TINY, "--out", "c", "--steps", "1"]],
            "command": ["convert", "--model", "n", "--out", "c", "--overwrite"]},
        "logits": {
            "files": files,
            "before": [*model, ["logits", "--model", "m", "--ids", "1", "--out", "l.npy"]],
            "command": ["logits", "--model", "m", "--ids", "1,2,3", "--out", "l.npy"]},
        "grads": {
            "files": files,
            "before": [*model, ["grads", "--model", "m", "--ids", "1", "--targets", "2",
                                "--out", "g.safetensors"]],
            "command": ["grads", "--model", "m", "--ids", "1,2", "--targets", "2,3",
                        "--out", "g.safetensors"]},
        "generate": reads("generate", "--model", "m", "--prompt", "the", "--tokens", "8"),
        "generate --stream": reads("generate", "--model", "m", "--prompt", "the", "--tokens", "8",
                                   "--stream"),
        "eval": reads("eval", "--model", "m", "--data", "page"),
        "info": reads("info", "--model", "m"),
        "tokenize": reads("tokenize", "--model", "m", "--file", "page"),
        "detokenize": reads("detokenize", "--model", "m", "1", "2", "3"),
    }


def mlp(_root):
    """Weights and a picture over older ones."""
    command = ["--data", "d.csv", "--hidden", "4", "--batch-size", "8", "--epochs", "2",
               "--threads", "1", "--save", "w.npz", "--plot", "p.svg"]
    return {"mlp": {"files": {"d.csv": table()}, "before": [[*command, "--seed", "2"]],
                    "command": command}}


def transformer_block(_root):
    """A page and a picture over older ones."""
    command = ["--steps", "2", "--width", "8", "--threads", "1", "--html", "p.html", "--plot",
               "p.svg"]
    return {"transformer-block": {"files": {}, "before": [[*command, "--seed", "2"]],
                                  "command": command}}


CASES = {"gpt2": gpt2, "mlp": mlp, "transformer_block": transformer_block}
