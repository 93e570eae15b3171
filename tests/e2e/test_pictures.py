#!/usr/bin/env python3
"""The pictures that the programs write, as files: valid, fitting to any window and to light and dark,
no text over another; and the heat maps on a terminal.

usage: test_pictures.py GPT2 MLP BLOCK PROJECT-ROOT
"""
import html.parser
import xml.etree.ElementTree as tree

from programs import *

SVG = "{http://www.w3.org/2000/svg}"


def words(e):
    return "".join(e.itertext())


def box(e, x, y):
    """Where a text stands, in a font of usual width, and a little smaller than it is."""
    size = float(e.get("font-size", 13))
    width = 0.5 * size * len(words(e))
    left = x - {"start": 0, "middle": width / 2, "end": width}[e.get("text-anchor", "start")]
    return left, y - 0.7 * size, left + width, y


def check_drawing(path, panels, curves, thin):
    """The panels of a plot: nothing beside the paper, no text over another one, one colour a name."""
    root = tree.parse(path).getroot()
    assert root.tag == SVG + "svg"
    style = root.find(SVG + "style").text
    assert "prefers-color-scheme:dark" in style and "max-width" in style
    assert style.count("-width:") - style.count("(min-width:900px)") == style.count("(scripting:enabled)")
    groups = [g for g in root.iter(SVG + "g") if g.get("transform")]
    assert len(groups) == panels, groups
    wide, high = float(root.get("width")) / panels, float(root.get("height"))
    for g in groups:
        boxes = [(box(t, float(t.get("x")), float(t.get("y"))), words(t)) for t in g.iter(SVG + "text")]
        for (l, t, r, b), text in boxes:
            assert l >= 0 and t >= 0 and r <= wide and b <= high, "%r is not on the paper" % text
        for i, (one, text) in enumerate(boxes):
            for other, more in boxes[:i]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, "%r stands over %r" % (text, more)
    lines = list(root.iter(SVG + "polyline"))
    assert len(lines) == curves, len(lines)
    steps = [p for p in root.iter(SVG + "path") if p.get("stroke-opacity") == "0.4"]
    assert len(steps) == thin and all(len(p.get("d")) < 40000 for p in steps)
    for p in steps if lines else ():  # the colour of the training's line
        assert p.get("class") == lines[0].get("class")
    return groups


def texts(group):
    return [words(t) for t in group.iter(SVG + "text")]


def test_perceptron():
    run([MLP, "--data", DIGITS, "--epochs", "12", "--plot", "p.svg"])
    loss, accuracy = check_drawing("p.svg", 2, 3, 1)
    assert "each step" in texts(loss) and any(t.startswith("validation 0.") for t in texts(loss)), texts(loss)
    numbers = [float(t) for t in texts(accuracy) if re.fullmatch(r"[0-9.]+", t)]
    assert 1 in numbers and "epoch" in texts(accuracy)
    for epochs, dots, thin in ((1, 3, 1), (0, 0, 0)):
        run([MLP, "--data", DIGITS, "--epochs", str(epochs), "--plot", "one.svg"])
        check_drawing("one.svg", 2, 0, thin)
        assert len(list(tree.parse("one.svg").getroot().iter(SVG + "circle"))) == dots
    run([MLP, "--data", DIGITS, "--epochs", "300", "--hidden", "4", "--batch-size", "500", "--plot", "p.svg"])
    check_drawing("p.svg", 2, 3, 1)


def test_gpt2():
    text()
    run(train("m", "--plot", "p.svg", steps=60))
    (loss,) = check_drawing("p.svg", 1, 2, 1)
    assert "step" in texts(loss) and "logarithmic" not in "".join(texts(loss))
    run(train("one", "--plot", "one.svg", steps=1))  # its one step is a point beside the evaluations
    circles = list(tree.parse("one.svg").getroot().iter(SVG + "circle"))
    assert len(circles) == 5 and [c.get("fill-opacity") for c in circles].count("0.4") == 1, len(circles)


class Page(html.parser.HTMLParser):
    """What opens is closed, and nothing is fetched."""
    EMPTY = ("meta", "path", "rect")

    def __init__(self, text):
        super().__init__()
        self.open, self.metas, self.maps, self.labels = [], {}, [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        assert "src" not in a and "href" not in a, (tag, a)
        if tag == "meta":
            self.metas[a.get("name")] = a.get("content")
        if "map" in a.get("class", "").split():
            self.maps.append(a)
        if tag not in self.EMPTY:
            self.open.append(tag)
        if tag == "span" and len(self.open) > 1 and self.open[-2] == "div":
            self.labels.append("")

    def handle_startendtag(self, tag, attributes):
        assert tag in self.EMPTY, tag

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag


def test_transformer_block():
    run([BLOCK, "--steps", "120", "--layers", "2", "--html", "p.html", "--plot", "p.svg"])
    loss, accuracy = check_drawing("p.svg", 2, 2, 1)
    assert "step" in texts(loss) and any(t.startswith("training") for t in texts(accuracy))
    with open("p.html") as f:
        page = f.read()
    p = Page(page)
    assert "width=device-width" in p.metas["viewport"] and p.metas["color-scheme"] == "light dark"
    assert len(p.maps) == 4
    for m in p.maps:
        w = m["data-w"].split()
        assert len(w) == 32 * 33 // 2 and all(0 <= int(v) <= 10000 for v in w)
        for q in range(32):  # each row is a whole
            row = sum(int(v) for v in w[q * (q + 1) // 2:(q + 1) * (q + 2) // 2])
            assert abs(row - 10000) <= 20, row
    for part in ("What to see", "pointerdown", "keydown", "prefers-color-scheme: dark", "@container"):
        assert part in page, part


def plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_heat_maps_on_a_terminal():
    command = [BLOCK, "--steps", "1"]
    full = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}
    for columns in (30, 80, 200):
        for env, has, lacks in ((full, "\x1b[48;2;", "\x1b[48;5;"), (dict(full, COLORTERM=""), "\x1b[48;5;", "\x1b[48;2;"),
                                (dict(full, NO_COLOR="1"), "▒", "\x1b[48"), (dict(full, TERM="dumb"), "▒", "\x1b[48")):
            s = terminal(command, columns=columns, env=env)
            assert s.code == 0 and has in s.all and lacks not in s.all, (columns, env)
            maps = plain(s.all[s.all.index("layer 1, head 1"):]).replace("\r", "").split("\n")
            assert max(map(len, maps)) <= columns, (columns, env, maps)
            beside = "head 2" in maps[0]
            assert beside == (columns == 200 or (columns == 80 and "▀" in s.all)), (columns, env, maps)
            assert any(line.startswith("What to see") for line in maps), maps
    s = terminal(command + ["--heads", "4"], columns=160, env=full)  # three would fit, and leave one alone
    titles = [line for line in plain(s.all).replace("\r", "").split("\n") if line.startswith("layer 1, head")]
    assert [t.count("head") for t in titles] == [2, 2], titles
    assert "\x1b" not in run(command, env=dict(os.environ, **full)).out


main(globals())
