// --- Training ---

const FILM = DATA.film;

function curvePoints() {
  const finite = FILM.losses.map(Number), most = Math.max(...finite.filter(Number.isFinite)), least = Math.min(0, ...finite.filter(Number.isFinite));
  const last = FILM.updates[FILM.updates.length - 1] || 1, first = FILM.updates[0];
  const x = (update) => 44 + (132 * (update - first)) / (last - first || 1);
  const y = (loss) => 100 - (90 * (Math.min(loss, most) - least)) / (most - least || 1);
  return { x, y, most, least, finite };
}

function drawCurve() {
  const { x, y, most, least, finite } = curvePoints();
  const line = finite.map((loss, i) => (Number.isFinite(loss) ? `${x(FILM.updates[i]).toFixed(1)},${y(loss).toFixed(1)}` : "")).join(" ");
  const text = (at, dy, anchor, words) => svg("text", { x: at, y: dy, "text-anchor": anchor, "font-size": 14.5 }, words);
  const curve = $("curve");
  curve.setAttribute("viewBox", "0 0 180 122");
  curve.replaceChildren(
    svg("path", { d: "M44 10V100H176", fill: "none", stroke: "var(--line)" }),
    svg("polyline", { points: line, fill: "none", stroke: "var(--negative)", "stroke-width": 1.8 }),
    text(40, 16, "end", short(Number(most.toPrecision(2)))), text(40, 104, "end", short(Number(least.toPrecision(2)))),
    text(44, 117, "start", String(FILM.updates[0])), text(176, 117, "end", told(`update ${FILM.updates[FILM.updates.length - 1]}`)),
    svg("line", { id: "mark", y1: 8, y2: 100, stroke: "var(--accent)", "stroke-width": 1.5 }), svg("circle", { id: "dot", r: 4, fill: "var(--accent)" }));
  curve.addEventListener("click", (event) => {
    const box = curve.getBoundingClientRect(), by = Math.min(box.width / 180, box.height / 122);
    const at = (event.clientX - box.left - (box.width - 180 * by) / 2) / by;
    const distance = (i) => Math.abs(x(FILM.frames[i].update) - at);
    goToUpdate(FILM.frames.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0));
  });
}

function heatMap(rows) {
  const canvas = html("canvas", { width: rows[0].length, height: rows.length, role: "img", "aria-label": told(`${rows.length} by ${rows[0].length} numbers as colours`) });
  const paint = canvas.getContext("2d");
  const colours = getComputedStyle(document.documentElement);
  const most = largest(FILM.pictures.filter(Array.isArray).flat(2)); // the largest over all frames, so that they can be compared
  rows.forEach((row, i) => row.forEach((number, k) => {
    paint.globalAlpha = most ? Math.min(1, Math.abs(number) / most) : 0;
    paint.fillStyle = colours.getPropertyValue(number > 0 ? "--positive" : "--negative");
    paint.fillRect(k, i, 1, 1);
  }));
  return canvas;
}

function setUpdate(i) {
  state.update = Math.max(0, Math.min(FILM.frames.length - 1, i));
  const frame = FILM.frames[state.update];
  const losses = curvePoints(), loss = Number(frame.loss);
  $("mark").setAttribute("x1", losses.x(frame.update));
  $("mark").setAttribute("x2", losses.x(frame.update));
  $("dot").setAttribute("cx", losses.x(frame.update));
  $("dot").setAttribute("cy", Number.isFinite(loss) ? losses.y(loss) : 10);
  $("update").value = state.update;
  const words = `update ${frame.update}: loss ${short(loss)}`;
  write($("updated"), told(words) + (frame.numbers ? "" : ` ${told("(a different graph from this one)")}`));
  $("update").setAttribute("aria-valuetext", told(words));
  $("curve").setAttribute("aria-label", told(`Loss over ${counted(FILM.updates.length, "update")}; ${words}`));
  if (frame.numbers) {
    model.setNumbers(floats(frame.numbers));
    model.replay();
    makeSliders();
  }
  const picture = frame.picture === undefined ? null : FILM.pictures[frame.picture];
  hidden($("beside"), !picture);
  if (picture) {
    $("beside").replaceChildren(typeof picture === "string" ? html("img", { src: picture, alt: told(`The picture of update ${frame.update}`) }) : heatMap(picture));
  }
  show();
}

function goToUpdate(i) {
  if (!FILM) return;
  halt();
  setUpdate(i);
}

// --- Playing it ---

const WHOLE_FILM = 10000, QUICKEST = 40, SLOWEST = 600; // in milliseconds: for all updates at speed 1; the minimum and the maximum for one update
let running = 0;

function halt() {
  clearTimeout(running);
  running = 0;
  write($("run"), told("Play"));
}

function run() {
  if (running) return halt();
  if (state.update === FILM.frames.length - 1) setUpdate(0);
  write($("run"), told("Pause"));
  next();
}

function next() {
  const pause = Math.max(QUICKEST, Math.min(SLOWEST, WHOLE_FILM / FILM.frames.length)) / Number($("speed").value);
  running = setTimeout(() => {
    const last = state.update === FILM.frames.length - 1;
    if (last && !$("loop").checked) return halt();
    setUpdate(last ? 0 : state.update + 1);
    next();
  }, pause);
}
