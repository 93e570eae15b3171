#!/usr/bin/env python3
"""No program destroys what another has made: trainings in one folder, full disks, programs that are
killed, folders that are removed, and Ctrl-C.

usage: test_safety.py GPT2 MLP BLOCK PROJECT-ROOT
"""
import filecmp
import json
import resource
import shutil
import struct

from programs import *

FILES = ["checkpoint.safetensors", "config.json", "merges.txt", "model.safetensors", "vocab.json"]
LONG = ["--eval-every", "1000", "--eval-iters", "1"]  # more steps than anybody waits for


def everything(folder):
    """All names in a folder, the hidden ones too."""
    return sorted(os.listdir(folder))


def contents(folder):
    return {n: open(os.path.join(folder, n), "rb").read() for n in everything(folder)
            if os.path.isfile(os.path.join(folder, n))}


def metadata(path):
    with open(path, "rb") as f:
        return json.loads(f.read(int.from_bytes(f.read(8), "little")))["__metadata__"]


def steps_in(log):
    return len(open(log).readlines()) - 1 if os.path.exists(log) else 0


def test_a_training_is_not_begun_over_another():
    text()
    run(train("m"))
    before = contents("m")
    val = re.search(r"val loss ([0-9.]+)$", run(train("again")).out.strip()).group(1)
    run(train("m"), 1, "m holds a training of 20 steps (validation loss %s): --resume goes on with it, "
        "--overwrite begins anew" % val)
    assert contents("m") == before
    run(train("m", "--resume", "--overwrite"), 2, "--resume and --overwrite exclude each other")
    run(train("m", "--resume"))
    assert contents("m") == before
    run(train("m", "--overwrite", "--seed", "7"))
    assert everything("m") == FILES and contents("m") != before
    os.remove("m/checkpoint.safetensors")
    run(train("m"), 1, "m holds a model: --overwrite replaces it")
    os.remove("m/model.safetensors")
    run(train("m"), 1, "m holds a vocabulary: --overwrite replaces it")
    open("m/checkpoint.safetensors", "w").write("no checkpoint")
    run(train("m"), 1, "m holds a checkpoint that cannot be read")
    os.mkdir("mine")
    open("mine/notes", "w").close()
    run(train("mine"))
    assert everything("mine") == sorted(FILES + ["notes"])
    run(train("new", "--resume"), 1, "there is no training to go on with")
    with open("text", "rb") as f, open("as long", "wb") as other, open("spelled", "wb") as spelled:
        whole = f.read()
        other.write(whole[:8000] + whole[-1:7999:-1])
        spelled.write(whole.replace(b"a", b"@"))
    before = contents("mine")
    for data in ("as long", "spelled"):
        run(train("mine", "--resume", data=data), 1, "mine/checkpoint.safetensors was made with other data than " + data)
    assert contents("mine") == before
    run(train("mine", "--resume"))
    assert not os.path.exists("new")


def test_other_commands_do_not_destroy_a_training_either():
    text()
    run(train("m"))
    before = contents("m")
    run([GPT2, "convert", "--model", SHIPPED, "--out", "m"], 1, "m holds checkpoint.safetensors; --overwrite")
    run([GPT2, "train-tokenizer", "--data", "text", "--out", "m"], 1, "m holds model.safetensors; --overwrite")
    assert contents("m") == before
    run([GPT2, "convert", "--model", SHIPPED, "--out", "n", "--dtype", "f32"])
    run([GPT2, "convert", "--model", SHIPPED, "--out", "n"])
    assert filecmp.cmp("n/model.safetensors", SHIPPED + "/model.safetensors", False)
    for name in ("vocab.json", "merges.txt"):
        os.remove("m/" + name)
    run([GPT2, "convert", "--model", "m", "--out", "n"], 1, "n holds vocab.json; --overwrite")
    run([GPT2, "convert", "--model", SHIPPED, "--out", "m", "--overwrite"])
    assert everything("m") == sorted(["config.json", "merges.txt", "model.safetensors", "vocab.json"])


def test_two_trainings_in_one_folder():
    text()
    p = start(train("m", *LONG, "--save-every", "0", "--log", "log.csv", steps=1000000))
    wait_for(lambda: steps_in("log.csv") > 3)
    held = "m: in use by process %d on " % p.pid
    for command in (train("m"), train("m", "--resume"), train("m", "--overwrite"),
                    [GPT2, "convert", "--model", SHIPPED, "--out", "m"],
                    [GPT2, "train-tokenizer", "--data", "text", "--out", "m"]):
        run(command, 1, held)
    p.kill()  # the lock goes with the process
    p.communicate()
    run(train("m"))
    assert everything("m") == FILES


def test_ctrl_c_before_the_first_step_leaves_nothing():
    text(1000000)
    # at different times: while the text is read, while the first loss is estimated
    for delay in (0.0, 0.01, 0.03, 0.1, 0.2):
        p = start(train("m", "--log", "log.csv", "--plot", "plot.svg", "--eval-iters", "1000000"))
        time.sleep(delay)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate()
        assert p.returncode in (0, -signal.SIGINT), (p.returncode, err)
        assert p.returncode or b"interrupted before the first step; nothing is saved" in out, out
        assert everything(".") == ["text"], (delay, everything("."))
    os.mkdir("m")
    p = start(train("m", "--eval-iters", "1000000"))
    time.sleep(0.2)
    p.send_signal(signal.SIGTERM)
    p.communicate()
    assert everything("m") == []
    for command in ([MLP, "--data", DIGITS, "--save", "w.npz", "--plot", "p.svg"],
                    [BLOCK, "--html", "p.html", "--plot", "p.svg"]):
        p = start(command)
        p.send_signal(signal.SIGINT)
        p.communicate()
        assert everything(".") == ["m", "text"] or p.returncode == 0, everything(".")


def test_ctrl_c_keeps_what_there_is():
    p = start([MLP, "--data", DIGITS, "--epochs", "100000", "--verbose", "--save", "w.npz", "--plot", "p.svg"])
    assert re.match(rb"epoch +1  train loss ", p.stdout.readline())
    p.send_signal(signal.SIGINT)
    out, err = p.communicate()
    assert p.returncode == 0, err
    assert re.search(rb"interrupted after \d+ of \d+ steps\n", out), out
    accuracy = re.search(rb"val accuracy ([0-9.]+)\n$", out).group(1).decode()
    assert "</svg>" in open("p.svg").read()
    loaded = run([MLP, "--data", DIGITS, "--epochs", "0", "--load", "w.npz"]).out
    assert loaded.strip() == "val accuracy " + accuracy, loaded
    p = start([BLOCK, "--steps", "100000", "--html", "p.html", "--plot", "q.svg"])
    time.sleep(1)
    p.send_signal(signal.SIGTERM)
    out, err = p.communicate()
    assert p.returncode == 0 and b"interrupted after" in out, (p.returncode, out, err)
    assert "</html>" in open("p.html").read() and "</svg>" in open("q.svg").read()
    text()
    p = start(train("m", *LONG, "--log", "log.csv", steps=1000000))
    wait_for(lambda: steps_in("log.csv") > 3)
    p.send_signal(signal.SIGHUP)  # the terminal is closed
    out, err = p.communicate()
    assert p.returncode == 0 and b"continue with --resume" in out, (p.returncode, out, err)
    assert everything("m") == FILES


def test_the_folder_is_removed_meanwhile():
    text()
    p = start(train("m", *LONG, "--save-every", "50", "--log", "m/log.csv", steps=1000000))
    wait_for(lambda: os.path.exists("m/vocab.json"))
    while os.path.exists("m"):  # it may be written to meanwhile
        shutil.rmtree("m", ignore_errors=True)
    wait_for(lambda: os.path.exists("m/config.json") or p.poll() is not None)
    if p.poll() is None:
        p.send_signal(signal.SIGINT)
    out, err = p.communicate()
    if p.returncode:  # it was removed just while it was written to
        assert p.returncode == 1 and b"cannot write: No such file or directory" in err, err
        return
    assert b"m was removed; it is made again" in err, err
    assert set(FILES + ["log.csv"]) <= set(everything("m")), everything("m")
    run([GPT2, "generate", "--model", "m", "--tokens", "3", "--prompt", "R"])


def test_the_folder_is_another_trainings_by_now():
    text()
    p = start(train("m", *LONG, "--save-every", "50", steps=1000000))
    wait_for(lambda: os.path.exists("m/config.json"))
    os.rename("m", "moved")
    run(train("n", "--seed", "3"))
    while os.path.exists("n"):  # the other may be made again meanwhile
        shutil.rmtree("m", ignore_errors=True)
        try:
            os.rename("n", "m")
        except OSError:
            pass
    before = contents("m")
    out, err = p.communicate(timeout=60)
    assert p.returncode == 1, (p.returncode, out, err)
    assert b"m was removed, and holds by now what another program has made" in err or \
        b"No such file or directory" in err, err  # it was removed just while it was written to
    assert contents("m") == before and "config.json" in everything("moved")
    p = start(train("k", *LONG, "--save-every", "50", steps=1000000))  # a lock alone is taken again
    wait_for(lambda: os.path.exists("k/config.json"))
    os.remove("k/.tinytensor-lock")
    wait_for(lambda: os.path.exists("k/.tinytensor-lock"))
    p.send_signal(signal.SIGINT)
    out, err = p.communicate()
    assert p.returncode == 0 and b"continue with --resume" in out, (out, err)


def test_a_mixture_does_not_load():
    text()
    run(train("a"))
    run(train("b", "--seed", "5"))
    shutil.copytree("a", "x")
    shutil.copy("b/model.safetensors", "x")
    run([GPT2, "info", "x"], 1, "x: config.json and model.safetensors were not saved together")
    run([GPT2, "generate", "--model", "x"], 1, "were not saved together")
    shutil.copy("b/config.json", "x")
    run([GPT2, "info", "x"])
    shutil.copy(SHIPPED + "/vocab.json", "x")
    shutil.copy(SHIPPED + "/merges.txt", "x")
    changed = "x: vocab.json and merges.txt are not those that the model was saved with"
    for command in (["generate", "--prompt", "a"], ["tokenize", "a"], ["eval", "--data", "text"]):
        run([GPT2, command[0], "--model", "x"] + command[1:], 1, changed)
    run(train("y", "--init-from", "x"), 1, changed)
    # what other programs write names no set, and loads
    config = json.load(open("a/config.json"))
    for name in ("tinytensor_set", "tinytensor_vocabulary"):
        assert re.fullmatch("[0-9a-f]{16}", config.pop(name))
    assert metadata("a/model.safetensors")["tinytensor_set"] == json.load(open("a/config.json"))["tinytensor_set"]
    json.dump(config, open("a/config.json", "w"))
    run([GPT2, "info", "a"], 1, "were not saved together")
    header = open("a/model.safetensors", "rb").read().replace(b"tinytensor_set", b"another_program")
    open("a/model.safetensors", "wb").write((int.from_bytes(header[:8], "little") + 1).to_bytes(8, "little") + header[8:])
    json.load(open("a/config.json"))


def killed(command, place):
    """Runs under strace, which kills it at its n-th call of this name, or makes that one fail."""
    call, what, n = place
    inject = "%s:%s:when=%s" % (call, "signal=KILL" if what == "kill" else "error=" + what, n)
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "trace=" + call, "-e", "inject=" + inject] + command,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_convert_is_killed_or_fails_anywhere():
    """Old files or new ones, whatever happens, and nothing is left behind at the next start."""
    if not traces():
        return
    text()
    run(train("other", "--block-size", "32", "--n-embd", "32"))
    os.remove("other/checkpoint.safetensors")
    run([GPT2, "convert", "--model", "other", "--out", "old"])
    run([GPT2, "convert", "--model", SHIPPED, "--out", "new", "--dtype", "bf16"])
    old, new, seen = contents("old"), contents("new"), set()
    command = [GPT2, "convert", "--model", SHIPPED, "--out", "x", "--dtype", "bf16"]
    places = [(c, w, n) for c, most in (("rename", 10), ("fsync", 8)) for w in ("kill", "EIO") for n in range(1, most)]
    places += [("write", w, n) for w in ("kill", "ENOSPC") for n in (1, 2, 3, 4, 6, 9)] + [("rmdir", "kill", 1), ("mkdir", "EACCES", 1)]
    for place in places:
        shutil.rmtree("x", ignore_errors=True)
        shutil.copytree("old", "x")
        p = killed(command, place)
        assert not any(n in everything("x") and set(everything("x")) == {n} for n in FILES)
        run([GPT2, "info", "x"])  # puts in order what it finds
        run([GPT2, "tokenize", "--model", "x", "R"])
        got = {n: c for n, c in contents("x").items() if not n.startswith(".")}
        assert got in (old, new), (place, everything("x"), p.stderr)
        seen.add((p.returncode == 0, got == new))
        run(command)  # the next start
        assert contents("x") == new, (place, everything("x"))
    assert seen >= {(False, False), (False, True), (True, True)}, seen


def shard(path):
    """Tokens without a tokenizer."""
    with open(path, "wb") as f:
        f.write(struct.pack("<256i", 20240520, 1, 4000, *[0] * 253) + bytes(i % 50 * (1 - i % 2) for i in range(8000)))


def test_a_vocabulary_goes_with_its_model():
    """What has no tokenizer does not come beside that of what it replaces."""
    text()
    shard("s.bin")
    plain = ["checkpoint.safetensors", "config.json", "model.safetensors"]
    run(train("m"))
    run(train("m", "--overwrite", data="s.bin"))
    assert everything("m") == plain, everything("m")
    run(train("words"))
    shutil.copy("words/vocab.json", "m")  # by somebody who knows that they belong together
    run(train("m", "--resume", data="s.bin"))
    assert everything("m") == plain + ["vocab.json"], everything("m")
    os.remove("m/vocab.json")
    os.remove("words/checkpoint.safetensors")
    old, command = contents("words"), [GPT2, "convert", "--model", "m", "--out", "x", "--overwrite", "--dtype", "bf16"]
    places = [("none", "", 0)] + [(c, "kill", n) for c, most in (("unlink", 6), ("rename", 5), ("rmdir", 2)) for n in range(1, most)]
    run(command)
    new, seen = contents("x"), set()
    for place in places if traces() else places[:1]:
        shutil.rmtree("x")
        shutil.copytree("words", "x")
        if place[0] == "none":
            run(command)
        else:
            killed(command, place)
        run([GPT2, "info", "x"])
        got = {n: c for n, c in contents("x").items() if not n.startswith(".")}
        assert got in (old, new), (place, everything("x"))
        seen.add(got == new)
        run(command)
        assert contents("x") == new, (place, everything("x"))
    assert True in seen


def test_convert_is_interrupted():
    if not traces():
        return
    run([GPT2, "convert", "--model", SHIPPED, "--out", "old"])
    before = contents("old")
    for out in ("old", "new"):
        p = start(["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:delay_enter=300000",
                   GPT2, "convert", "--model", SHIPPED, "--out", out, "--dtype", "f32"], start_new_session=True)
        wait_for(lambda: os.path.isdir(out) and any(n.startswith(".tinytensor-new-") and "model" in "".join(os.listdir(out + "/" + n))
                                                    for n in everything(out)))
        os.killpg(p.pid, signal.SIGINT)
        out_, err = p.communicate()
        assert b"interrupted; %s is as it was" % out.encode() in err, (p.returncode, err)
    assert contents("old") == before and everything("old") == sorted(before) and not os.path.exists("new")


def test_training_survives_failing_calls():
    if not traces():
        return
    text()
    command = train("m", "--save-every", "5", steps=20)
    run(command)
    whole = contents("m")
    for place in [("rename", "EIO", n) for n in (1, 2, 3, 4, 5, 6, 7, 8, 12)] + [("fsync", "EIO", n) for n in (1, 4, 9)]:
        shutil.rmtree("m")
        p = killed(command, place)
        assert p.returncode == 1 and b"Input/output error" in p.stderr, (place, p.returncode, p.stderr)
        assert p.stderr.count(b"\n") == 1 and b".tinytensor-new" not in p.stderr, p.stderr
        if os.path.exists("m/config.json") or os.path.exists("m/.tinytensor-set"):
            run([GPT2, "info", "m"])
            run(command + ["--resume"])
        else:
            assert not os.path.exists("m"), everything("m")
            run(command)
        assert contents("m") == whole, (place, everything("m"))


def limited(size):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def test_a_full_disk():
    text()
    run(train("m"))
    before = contents("m")
    for size in (0, 100, 1000, 20000, 50000):
        e = run(train("m", "--overwrite", "--seed", "3"), 1, "cannot write: File too large", preexec_fn=limited(size))
        assert ".tinytensor" not in e.err, e.err
        assert contents("m") == before
        run([GPT2, "convert", "--model", SHIPPED, "--out", "m", "--overwrite"], 1, "File too large", preexec_fn=limited(size))
        assert contents("m") == before
        run([GPT2, "convert", "--model", SHIPPED, "--out", "n"], 1, "File too large", preexec_fn=limited(size))
        assert not os.path.exists("n")
    run([GPT2, "train-tokenizer", "--data", "text", "--out", "n"], 1, "cannot write", preexec_fn=limited(1000))
    assert not os.path.exists("n")
    for command, name in (([MLP, "--data", DIGITS, "--epochs", "1", "--save", "w"], "w"),
                          ([BLOCK, "--steps", "2", "--plot", "w"], "w")):
        run(command, 1, "File too large", preexec_fn=limited(100))
        assert not [n for n in everything(".") if n.startswith(name)], everything(".")


SMALL_DISK = """
mkdir disk && mount -t tmpfs -o size=9m none disk && cp -r "$2" disk/model && "$1" convert --model "$2" --out disk/model \
    --dtype f32 2>err
code=$?
ls -A disk/model >left && cp -r disk/model kept && umount disk && exit $code
"""


def test_a_small_disk():
    """A tmpfs with room for the old model and a half, where this machine lets us make one."""
    if subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], stderr=subprocess.DEVNULL).returncode:
        return
    p = subprocess.run(["unshare", "-rm", "sh", "-c", SMALL_DISK, "sh", GPT2, SHIPPED], stderr=subprocess.PIPE)
    assert p.returncode == 1, (p.returncode, p.stderr)
    assert "No space left on device" in open("err").read(), open("err").read()
    assert filecmp.dircmp("kept", SHIPPED).diff_files == [] and len(open("left").read().split()) == 4


def test_outputs_are_refused_before_the_work():
    os.mkdir("folder")
    for path, why in (("/no/such/x", "No such file or directory"), ("folder", "Is a directory")):
        for command in ([MLP, "--data", DIGITS, "--save"], [MLP, "--data", DIGITS, "--plot"], [BLOCK, "--html"]):
            began = time.monotonic()
            run(command + [path], 1, "%s: cannot write: %s" % (path, why))
            assert time.monotonic() - began < 5


def test_a_mapped_file_is_cut_off():
    shutil.copytree(SHIPPED, "m")
    p = start([GPT2, "generate", "--model", "m", "--tokens", "1000000", "--stream", "--seed", "1", "--num-samples", "1000"])
    p.stdout.read(20)
    os.truncate("m/model.safetensors", 100000)
    out, err = p.communicate(timeout=60)
    assert p.returncode == 1 and b"was made shorter by another program" in err, (p.returncode, err)


main(globals())
