#!/usr/bin/env python3
"""Makes the vectors of test_tokenizer: texts, and the token ids that a tokenizer must give them.

usage: tokenizer_vectors.py DIR > FILE      (needs the package regex)
       tokenizer_vectors.py --texts > FILE  prints the texts; the folder words was made by
train-tokenizer --vocab-size 900 of the project's documentation and eight times these.

DIR has vocab.json and merges.txt. The ids come from the algorithm as published with GPT-2: words by its
regular expression, then the merge of lowest rank, everywhere in the word, until none is left. Bytes that
are no UTF-8 are words of their own. Where the package tokenizers is there, it must agree on all texts
that are UTF-8, and is told so on stderr.

A line is three words: s (special tokens are recognised) or -, the text in hexadecimal, the ids with
commas; a dot stands for nothing.
"""
import json
import random
import sys

import regex

WORDS = regex.compile(
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
SPECIAL = "<|endoftext|>"

TEXTS = [
    # English
    "", "a", " ", "Hello, world!", " Hello world", "hello  world", "The quick brown fox jumps over the "
    "lazy dog.", "Once upon a time, in a land far away, there lived a tokenizer; it was byte-level.",
    "antidisestablishmentarianism floccinaucinihilipilification", "UPPER lower MiXeD cAsE",
    "e-mail: someone@example.org, see https://example.org/a/b?c=d&e=f#g", "... --- ... !!! ??? ;;;",
    # contractions
    "it's don't we're they've I'm you'll he'd", "IT'S DON'T WE'RE", "'s't're've'm'll'd", "rock'n'roll",
    "dogs' tails, the '90s, o'clock, 'tis", "it\u2019s don\u2019t", "a 's b 'll c 'x", "''s '''t",
    # code
    "int main(int argc, char **argv)\n{\n    return x[i] += 1; /* why */\n}\n",
    "def f(x):\n\tif x:\n\t\treturn {'a': [1, 2.5e-3], \"b\": None}\n", "for(;;){a<<=1;b>>=2;}",
    "<div class=\"x\">&nbsp;</div>", "SELECT * FROM t WHERE a != 'b' -- comment", "0x1F_ff 1e-5 .5 5. 1_000",
    "#include <stdio.h>\r\n\r\n#define X(y) \\\r\n  y\r\n", "snake_case camelCase kebab-case __dunder__",
    # numbers
    "1 12 123 1234 12345 1234567890", "3.14159 -2 +7 1,000,000 50% $9.99 1/2", "\u00bd \u00b2 \u2167 \u2460 x\u2082",
    "\u0661\u0662\u0663 \u0967\u0968\u0969 \uff11\uff12\uff13 \u4e00\u4e8c\u4e09",
    # emoji
    "\U0001f600", " \U0001f600\U0001f600 \U0001f44d\U0001f3fd ok", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family",
    "\u2764\ufe0f \u263a \U0001f1e9\U0001f1ea", "a\U0001f600b1\U0001f6002",
    # CJK, Arabic, Hebrew, Indic, Cyrillic, Greek, Thai
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002", "\u3053\u3093\u306b\u3061\u306f \u30c6\u30b9\u30c8\u3067\u3059", "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645\u060c \u0643\u064a\u0641 \u0627\u0644\u062d\u0627\u0644\u061f", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e", "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u0451\u0436",
    "\u0393\u03b5\u03b9\u03ac \u03c3\u03bf\u03c5 \u03ba\u03cc\u03c3\u03bc\u03b5", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01", "Gr\u00fc\u00dfe, na\u00efve caf\u00e9 \u0153uvre",
    # combining marks, joiners, direction marks
    "e\u0301 cafe\u0301", " \u0301x", "a\u0300\u0301\u0302b", "\u0627\u0651\u064e \u200ftext\u200e", "\u1112\u1161\u11ab", "Z\u0336a\u0337l\u0338",
    "zero\u200bwidth\u200cjoin\u200der\ufeff",
    # control characters
    "\x00", "a\x00b\x00\x00c", "\x01\x02\x1b[31mred\x1b[0m\x7f", "\x1c\x1d\x1e\x1f x", "\x08\x0b\x0c", "\x85\x9f\xa0\xad",
    # white space
    "  ", "   a", "a   ", "a   b", "\n", "\n\n\n", "\r\n", " \n \n ", "a\n\nb", "\t\ta\t", "a \t\n b",
    "\u00a0a\u00a0\u00a0b", "\u2003\u2003x", "\u3000\u3000\u4e00", "\u2028\u2029 \u1680x", "\u180e \u180ex", "        indented",
    " " * 50, "x" + " " * 50 + "y", "\n" * 20 + "z", "   !", "   1", "   's",
    # runs
    "a" * 100, "ab" * 60, "aab" * 40, "1" * 40, "." * 40, "=" * 64, "-" * 33, "\u00e9" * 30, "hahahahahahahahahaha",
    # the special token, whole and in parts
    SPECIAL, SPECIAL * 3, "a" + SPECIAL + "b", "a " + SPECIAL + " b", "<|endoftext|", "|endoftext|>", "<<|endoftext|>>",
    "<|endof" + SPECIAL + "text|>", "<|ENDOFTEXT|>", "x   " + SPECIAL + "   y",
]

BYTES = [
    b"\xff", b"\x80", b"\xc3", b"a\xc3", b"\xc3(", b"\xc3\xc3\xa9", b"\xe2\x82", b"\xe2\x82\xac\xe2\x82", b"\xf0\x9f\x98",
    b"ok \xf0\x9f\x98 ok", b"\xed\xa0\x80", b"\xed\xbf\xbf x", b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"caf\xe9 cr\xe8me", b" \xff \xff ", b"word\xffword", b"don\xff't it's",
    b"a  \xff  b", b"\xff\xfeh\x00i\x00", bytes(range(256)), bytes(range(255, -1, -1)), bytes(range(128, 256)) * 2,
    b"<|endof\xfftext|>", b"\xff<|endoftext|>\xff", b"\xe4\xbd\xa0\xe5\xa5",
]


def spellings():
    """The characters that stand for bytes: printable ones for themselves, others from U+0100 on."""
    table, extra = {}, 256
    for b in range(256):
        if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b:
            table[b] = chr(b)
        else:
            table[b] = chr(extra)
            extra += 1
    return table


def cut(data):
    """Valid stretches as text, the others as bytes."""
    at, bad = 0, b""
    while at < len(data):
        text = data[at:].decode("utf-8", "surrogateescape")
        good = next((i for i, c in enumerate(text) if 0xDC80 <= ord(c) <= 0xDCFF), len(text))
        if good:
            if bad:
                yield bad
                bad = b""
            yield text[:good]
            at += len(text[:good].encode())
        else:
            bad += data[at:at + 1]
            at += 1
    if bad:
        yield bad


class Tokenizer:
    def __init__(self, folder):
        with open(folder + "/vocab.json", encoding="utf-8") as f:
            self.vocab = json.load(f)
        with open(folder + "/merges.txt", encoding="utf-8") as f:
            lines = f.read().split("\n")
        self.ranks = {tuple(line.split(" ")): i for i, line in enumerate(lines[1:]) if line}
        self.table = spellings()

    def merge(self, word):
        parts = list(word)
        while True:
            pairs = set(zip(parts, parts[1:]))
            best = min(pairs, key=lambda p: self.ranks.get(p, len(self.ranks)), default=None)
            if best not in self.ranks:
                return parts
            out, i = [], 0
            while i < len(parts):
                if tuple(parts[i:i + 2]) == best:
                    out.append(parts[i] + parts[i + 1])
                    i += 2
                else:
                    out.append(parts[i])
                    i += 1
            parts = out

    def ordinary(self, data):
        ids = []
        for piece in cut(data):
            words = [w.encode() for w in WORDS.findall(piece)] if isinstance(piece, str) else [piece]
            for word in words:
                spelled = "".join(self.table[b] for b in word)
                ids += [self.vocab[part] for part in self.merge(spelled)]
        return ids

    def encode(self, data, special):
        if not special or SPECIAL not in self.vocab:
            return self.ordinary(data)
        ids = []
        for i, piece in enumerate(data.split(SPECIAL.encode())):
            ids += ([self.vocab[SPECIAL]] if i else []) + self.ordinary(piece)
        return ids


def other_opinion(folder, special):
    try:
        import tokenizers
    except ImportError:
        print("tokenizers is not here: one opinion only", file=sys.stderr)
        return None
    t = tokenizers.Tokenizer(tokenizers.models.BPE.from_file(folder + "/vocab.json", folder + "/merges.txt"))
    t.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    if special:
        t.add_special_tokens([SPECIAL])
    return t


def mixtures(n):
    """Pieces of the texts above, joined."""
    pieces = [p for text in TEXTS for p in regex.findall(r"\X|\w+|\s+", text)]
    for _ in range(n):
        yield "".join(random.choice(pieces) for _ in range(random.randint(2, 12)))


def main():
    folder = sys.argv[1]
    if folder == "--texts":
        sys.stdout.buffer.write("\n".join(TEXTS).encode())
        return
    random.seed(4)
    mine, others = Tokenizer(folder), {s: other_opinion(folder, s) for s in (False, True)}
    texts = [t.encode() for t in TEXTS + list(mixtures(100))] + BYTES
    agreed = 0
    for data in texts:
        for special in (True, False) if SPECIAL.encode()[2:9] in data else (False,):
            ids = mine.encode(data, special)
            try:
                text = data.decode()
            except UnicodeDecodeError:
                text = None
            if others[special] and text is not None:
                assert others[special].encode(text).ids == ids, text
                agreed += 1
            print("s" if special else "-", data.hex() or ".", ",".join(map(str, ids)) or ".")
    if others[False]:
        print("tokenizers agrees on %d texts" % agreed, file=sys.stderr)


main()
