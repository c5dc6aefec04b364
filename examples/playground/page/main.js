"use strict";
const $ = (id) => document.getElementById(id);
const encoder = new TextEncoder(), decoder = new TextDecoder();

const EXAMPLES = {
  "A first look": `# Python as microcontrollers have it. Change it, and run it.
primes = []
n = 2
while len(primes) < 20:
    if all(n % p for p in primes):
        primes.append(n)
    n += 1
print(primes)

class Robot:
    def __init__(self, name):
        self.name = name
    def __repr__(self):
        return f"<{self.name}>"

print({Robot(n): len(n) for n in ("R2-D2", "C-3PO")})
`,
  "Tasks": `import asyncio

async def blink(name, pause, times):
    for i in range(times):
        print(name, i)
        await asyncio.sleep_ms(pause)

async def main():
    await asyncio.gather(blink("red", 300, 6), blink("green", 500, 4))
    print("done")

asyncio.run(main())
`,
  "Memory that moves": `# Look at the heap below: half of these buffers go, and what is left moves together
# when one piece of free memory has to be found.
import gc

room = gc.mem_free()
buffers = [bytearray(room // 40) for i in range(32)]
for i in range(0, 32, 2):
    buffers[i] = None
large = bytearray(room // 3)
print("found", len(large), "bytes in one piece")
`,
  "A script that would escape": `# The host sets the limits: turn the fuel down, and see.
def forever():
    while True:
        try:
            while True:
                pass
        except BaseException:
            print("not me")
        finally:
            forever()

forever()
`,
  "Errors": `def area(width, height):
    return width * height

try:
    area(3)
except TypeError as error:
    print("caught:", error)

def deep(n):
    return deep(n + 1)

deep(0)
`,
};

/* What the letters of the heap's picture stand for. */
const KINDS = [
  ["free", ".", "#0000"], ["instances, functions, numbers", "h", "#8a93a3"], ["dicts, sets", "D", "#3f7fd0"],
  ["lists", "L", "#2f9e8f"], ["tuples", "T", "#7a5bc4"], ["texts, bytes", "S", "#c9a227"],
  ["buffers", "A", "#b9507e"], ["code", "B", "#4d8f3c"], ["modules", "M", "#d2743c"], ["floats", "F", "#a06a44"],
];
const color = (letter) => (KINDS.find(([, letters]) => letters.includes(letter)) ?? KINDS[1])[2];

let page, timer = 0, running = false, lines = [], typed = [], place = 0;

function text(address) {
  return decoder.decode(new Uint8Array(page.memory.buffer, address, page.len()));
}
function put(string) {
  const bytes = encoder.encode(string);
  new Uint8Array(page.memory.buffer, page.input(bytes.length), bytes.length).set(bytes);
}

/* The end of what was printed; a script that prints without end must not keep the page busy. */
const MOST_SHOWN = 20000;
let shown = "", rendered = 0;
function show(string) {
  if (!string) return;
  shown = (shown + string).slice(-MOST_SHOWN);
  if (!running || performance.now() - rendered > 60) render();
}
function render() {
  rendered = performance.now();
  const output = $("output");
  output.textContent = shown;
  output.scrollTop = output.scrollHeight;
}
function clear() {
  shown = "";
  render();
}

const bytes = () => 1 << (10 + Number($("memory").value));
const fuel = () => (Number($("fuel").value) === 10 ? 0 : 10 ** Number($("fuel").value));
function limits() {
  $("memory-shown").textContent = `${bytes() >> 10} KiB`;
  $("fuel-shown").textContent = fuel() ? `${fuel().toLocaleString("en")} steps` : "no limit";
}

function begin() {
  halt();
  limits();
  if (!page.begin(bytes(), fuel())) show("that is too little memory for an interpreter\n");
  look();
}

function state(runs) {
  running = runs;
  $("run").disabled = runs;
  $("stop").disabled = !runs;
  $("step").textContent = "Step";
}

/* A turn lasts a few milliseconds, so that the page answers meanwhile. */
function turn(single) {
  timer = 0;
  let next = 1, ends = performance.now() + 12;
  do next = page.turn(single ? 1 : 2000); while (!single && next === 1 && performance.now() < ends);
  show(text(page.printed()));
  if (next === 0) {
    state(false);
    render();
    look();
    more();
  } else if (!single) {
    // before it sleeps, all is shown
    if (next > 1) render();
    timer = setTimeout(turn, next > 1 ? Math.max(next - 2, 1) : 0);
    draw();
  } else {
    render();
    look();
  }
}

function start(source, line) {
  put(source);
  const started = page.start(line ? 1 : 0);
  if (started === 1) state(true);
  return started;
}

function halt() {
  clearTimeout(timer);
  timer = 0;
  if (running) {
    page.stop();
    show(text(page.printed()));
  }
  state(false);
  render();
}

/* The heap, ten times a second while something runs. */
let drawn = 0;
function draw() {
  if (performance.now() - drawn > 100) look();
}
function look() {
  drawn = performance.now();
  const report = text(page.heap());
  const blocks = [];
  let kind = ".";
  for (const row of report.split("\n")) {
    const free = row.match(/^ *\((\d+) lines all free\)/);
    const part = row.match(/^[0-9a-f]{8}: (.*)$/);
    if (free) for (let i = 0; i < free[1] * 64; i++) blocks.push(".");
    if (part) for (const letter of part[1]) {
      if (letter !== "=") kind = letter;
      blocks.push(kind);
    }
  }
  const canvas = $("map"), narrow = canvas.clientWidth < 520;
  const wide = Math.ceil(Math.sqrt(blocks.length * (narrow ? 1.6 : 6))) || 1;
  const size = Math.max(2, Math.floor((canvas.clientWidth * devicePixelRatio || 512) / wide));
  canvas.width = wide * size;
  canvas.height = Math.max(1, Math.ceil(blocks.length / wide)) * size;
  const pen = canvas.getContext("2d");
  blocks.forEach((letter, i) => {
    if (letter === ".") return;
    pen.fillStyle = color(letter);
    pen.fillRect((i % wide) * size, Math.floor(i / wide) * size, size - (size > 3), size - (size > 3));
  });
  const total = report.match(/GC: total: (\d+), used: (\d+), free: (\d+)/);
  const n = (x) => Number(x).toLocaleString("en");
  const steps = page.used(0), peak = page.used(1);
  $("figures").textContent = total
    ? `${n(total[2])} of ${n(total[1])} bytes used, ${n(peak)} at most; ${n(steps)} steps`
    : "";
}

/* The prompt. */
function more(continued) {
  $("mark").textContent = continued ? "..." : ">>>";
}
function enter(event) {
  event.preventDefault();
  const line = $("line").value;
  if (running) return;
  $("line").value = "";
  show(`${$("mark").textContent} ${line}\n`);
  if (line) typed.push(line);
  place = typed.length;
  lines.push(line);
  // an empty line ends a statement of several lines
  const source = lines.join("\n");
  if (lines.length === 1 && !line) {
    lines = [];
    return;
  }
  const started = start(source, true);
  if (started === 2) {
    more(true);
    return;
  }
  lines = [];
  more();
  if (started === 1) turn();
}
function key(event) {
  const line = $("line");
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    event.preventDefault();
    place = Math.min(Math.max(place + (event.key === "ArrowUp" ? -1 : 1), 0), typed.length);
    line.value = typed[place] ?? "";
  } else if (event.key === "Tab" && !event.shiftKey && line.value.trim() && !running) {
    event.preventDefault();
    const front = line.value.match(/[\w.]*$/)[0], name = front.split(".").pop();
    put(front);
    const names = text(page.names()).split("\n").filter(Boolean);
    if (!names.length) return;
    const common = names.reduce((a, b) => {
      while (!b.startsWith(a)) a = a.slice(0, -1);
      return a;
    });
    line.value += common.slice(name.length);
    if (names.length > 1 && common === name) show(names.join("  ") + "\n");
  } else if (event.key === "c" && event.ctrlKey && !getSelection().toString()) {
    lines = [];
    more();
    if (running) halt();
  }
}

/* Indentation in the editor; Escape and then Tab leaves it. */
let leaves = false;
function edit(event) {
  const area = $("source");
  if (event.key === "Escape") leaves = true;
  else if (event.key === "Tab" && !leaves && !event.shiftKey) {
    event.preventDefault();
    area.setRangeText("    ", area.selectionStart, area.selectionEnd, "end");
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  } else leaves = false;
}

function run() {
  begin();
  clear();
  if (start($("source").value, false) === 1) turn();
}
function step() {
  if (!running) {
    begin();
    clear();
    if (start($("source").value, false) !== 1) return;
  }
  clearTimeout(timer);
  turn(true);
  if (running) $("step").textContent = "Step again";
}

async function main() {
  const packed = Uint8Array.from(atob($("wasm").textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const binary = await new Response(stream).arrayBuffer();
  const { instance } = await WebAssembly.instantiate(binary, { page: { now: () => performance.now() } });
  page = instance.exports;

  for (const name of Object.keys(EXAMPLES)) $("examples").add(new Option(name));
  const choose = () => { $("source").value = EXAMPLES[$("examples").value]; };
  $("examples").onchange = choose;
  choose();
  for (const [name, , shade] of KINDS) {
    const item = document.createElement("li"), square = document.createElement("span");
    square.style.background = shade;
    item.append(square, name);
    $("legend").append(item);
  }
  $("run").onclick = run;
  $("step").onclick = step;
  $("stop").onclick = () => { halt(); look(); };
  $("fresh").onclick = () => { begin(); clear(); };
  $("memory").oninput = $("fuel").oninput = limits;
  $("memory").onchange = $("fuel").onchange = begin;
  $("prompt").onsubmit = enter;
  $("line").onkeydown = key;
  $("source").onkeydown = edit;
  window.onresize = look;
  begin();
  document.body.dataset.ready = "yes";
}
main().catch((error) => { $("output").textContent = `This browser cannot run it: ${error}`; });
