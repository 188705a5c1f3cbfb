// ---- a live figure: controls set inputs, run.js computes, marks draw. Holds no mathematics of any chapter.
// It brings to life what Python has written; `hydrate` is the book's, which knows moves and asks already.

const NUMBER = /\{([A-Za-z_][\w.]*)(?:\[(\d+)\])?(?::\.(\d)f)?\}/g, PICK = /\{([A-Za-z_][\w.]*)((?:\|[^|{}]*)+)\}/g;
const minus = (text) => (/[1-9]/.test(text) ? text.replace(/^-/, '−') : text.replace('-', ''));
const written = (x, digits) => (x !== x ? 'undefined' : Math.abs(x) >= 1e15 ? `${x < 0 ? '−' : ''}∞` : minus(x.toFixed(digits)));
const within = (x, [low, high]) => Math.min(high, Math.max(low, x));
const nearest = (x, step) => Math.floor(x / step + 0.5) * step;
const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const make = (tag, props, ...kids) => { const e = Object.assign(document.createElement(tag), props); e.append(...kids); return e; };

function* uniform(seed) {                                        // mulberry32, as in controls.py: the same for every reader
  for (let s = seed >>> 0; ;) {
    s = (s + 0x6D2B79F5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), s | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    yield ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

// ---- what marks draw, on a canvas: `at` gives pixels, `ink` the colour on this page
const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const lineTo = (g, x, y, pen) => { if (x === x && y === y) { g[pen ? 'lineTo' : 'moveTo'](x, y); return true; } return false; };
const haloed = (g, face, ...at) => { g.lineWidth = 4; g.lineJoin = 'round'; g.strokeStyle = face; g.strokeText(...at); g.fillText(...at); };
const SHAPES = [[0], [4, 0.25], [3, 0], [4, 0], [3, 1], [5, 0]];  // corners, and the turn as a share of a half one
const DRAW = {
  Lines(m, g, { X, Y, ink, read }) {
    const { data, shape } = read(m.of), n = shape.at(-2);
    g.strokeStyle = ink(m.color); g.lineWidth = m.width; g.setLineDash(m.dashed ? [6, 5] : []); g.beginPath();
    for (let i = 0, pen = false; i < data.length / 2; i++) pen = lineTo(g, X(data[2 * i]), Y(data[2 * i + 1]), pen && i % n);
    g.stroke(); g.setLineDash([]);
  },
  Area(m, g, { X, Y, ink, read }) {
    const { data } = read(m.of), k = m.by ? Math.round(read(m.by).data[0]) : 0;
    g.beginPath(); for (let i = 0; i < data.length; i += 2) g.lineTo(X(data[i]), Y(data[i + 1]));
    g.closePath(); g.fillStyle = g.strokeStyle = ink(m.colors[Math.min(k, m.colors.length - 1)] ?? m.colors[0]);
    g.globalAlpha = 0.3; g.fill(); g.globalAlpha = 1; g.lineWidth = 1; g.stroke();
  },
  Arrows(m, g, { X, Y, ink, read }) {
    const { data } = read(m.of);
    g.strokeStyle = g.fillStyle = ink(m.color); g.lineWidth = 3;
    for (let i = 0; i < data.length; i += 2) {
      const x = X(data[i]), y = Y(data[i + 1]), a = Math.atan2(y - Y(0), x - X(0)), far = Math.hypot(y - Y(0), x - X(0)), tip = Math.min(12, far);
      g.beginPath(); g.moveTo(X(0), Y(0)); g.lineTo(x - tip * Math.cos(a) * 0.8, y - tip * Math.sin(a) * 0.8); g.stroke();
      g.beginPath(); g.moveTo(x, y); for (const s of [-1, 1]) g.lineTo(x - tip * Math.cos(a + s * 0.4), y - tip * Math.sin(a + s * 0.4)); g.fill();
    }
  },
  Dots(m, g, { X, Y, ink, read, cycle, face }) {
    const { data } = read(m.of), by = m.by ? read(m.by).data : null, r = m.size;
    g.strokeStyle = face; g.lineWidth = 1;
    for (let i = 0; i < data.length / 2; i++) {
      const k = by ? Math.round(by[i]) : 0, x = X(data[2 * i]), y = Y(data[2 * i + 1]);
      if (x !== x || y !== y) continue;
      g.fillStyle = ink(by ? cycle[k % 6] : m.color); g.beginPath();
      const [corners, turn] = SHAPES[k % 6];
      if (!corners) g.arc(x, y, r, 0, 7);
      for (let j = 0; j < corners; j++) { const a = Math.PI * (turn + 2 * j / corners); g.lineTo(x + 1.25 * r * Math.sin(a), y - 1.25 * r * Math.cos(a)); }
      g.closePath(); g.fill(); g.stroke();
    }
  },
  Label(m, g, { X, Y, ink, read, say, face, font, text }) {
    const { data: [x, y] } = read(m.of);
    if (x !== x || y !== y) return;
    g.font = font(15); g.textAlign = 'center'; g.textBaseline = 'middle'; g.fillStyle = ink(text[m.color] ?? m.color);
    haloed(g, face, say(m.text), X(x) + m.offset[0], Y(y) - m.offset[1]);
  },
  Picture(m, g, { X, Y, read, panel: p }) {
    const { data, shape: [h, w] } = read(m.of), image = new ImageData(w, h), stops = m.colors.map(rgb), last = stops.length - 1;
    for (let i = 0; i < data.length; i++) {
      const t = within((data[i] - m.low) / (m.high - m.low), [0, 1]) * last || 0, k = Math.min(last - 1, Math.floor(t));
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = stops[k][c] + (t - k) * (stops[k + 1][c] - stops[k][c]);
      image.data[4 * i + 3] = 255;
    }
    const small = make('canvas', { width: w, height: h }); small.getContext('2d').putImageData(image, 0, 0);
    g.imageSmoothingEnabled = m.smooth; g.drawImage(small, X(p.x[0]), Y(p.y[1]), X(p.x[1]) - X(p.x[0]), Y(p.y[0]) - Y(p.y[1]));
  },
  Trail(m, g, { X, Y, ink, trails, face, font, text, taken, panel }) {
    const { at, values } = trails[m.of], n = values.length;
    if (!n) return;
    g.strokeStyle = ink(m.color); g.lineWidth = 2; g.setLineDash(m.dashed ? [6, 5] : []); g.beginPath();
    for (let i = 0, pen = false; i < n; i++) pen = lineTo(g, X(at[i]), Y(values[i]), pen);
    g.stroke(); g.setLineDash([]);
    g.font = font(14); g.textAlign = 'right'; g.textBaseline = 'bottom'; g.fillStyle = ink(text[m.color] ?? m.color);
    const wide = g.measureText(m.label).width, end = Math.max(X(at[n - 1]), X(0) + 4 + wide), beside = values.filter((v, i) => v === v && X(at[i]) >= end - wide);
    let y = Math.max(panel.margins[2] + 16, Math.min(...beside.map(Y)) - 3);  // above its own curve
    const free = y < g.canvas.clientHeight / 2 ? 15 : -15;         // labels make way for one another, towards the middle
    while (taken.some((other) => Math.abs(other - y) < 15)) y += free;
    taken.push(y); haloed(g, face, m.label, end, y);
  },
};
// A trail keeps at most 1000 points: then every second one is forgotten.
function longer(trail, value) {
  trail.steps += 1;
  if (trail.steps % trail.every) return;
  trail.at.push(trail.steps); trail.values.push(value);
  if (trail.at.length > 1000) { trail.every *= 2; for (const k of ['at', 'values']) trail[k] = trail[k].filter((_, i) => i % 2); }
}
const empty = () => ({ at: [], values: [], steps: -1, every: 1 });
function round(low, high) {                                      // ticks of an axis that grows
  const rough = (high - low) / 4 || 1, power = 10 ** Math.floor(Math.log10(rough)), step = power * [1, 2, 5, 10].find((k) => k * power >= rough);
  return Array.from({ length: Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1 }, (_, k) => +((Math.ceil(low / step - 1e-9) + k) * step).toPrecision(12));
}

async function hydrateLive(root, model) {
  const spec = await hydrate.unpack(model.get('data')), view = load(spec.view), step = spec.step && load(spec.step);
  const all = (pattern, at = root) => [...at.querySelectorAll(pattern)], one = (pattern, at = root) => at.querySelector(pattern);
  const values = {}, shapes = {}, first = {}, fresh = (stored, shape) => Float64Array.from(restore(stored, [shape, 'float64']));
  for (const [name, [shape, stored]] of Object.entries(spec.start)) { shapes[name] = shape; values[name] = fresh(stored, shape); first[name] = values[name].slice(); }
  const trails = Object.fromEntries(spec.panels.flatMap((p) => p.marks).filter((m) => m.kind === 'Trail').map((m) => [m.of, empty()]));
  const of = (kind) => spec.controls.filter((c) => c.kind === kind), state = of('State')[0], words = of('Words')[0];
  const carried = step ? step.outputs.filter((n) => n in values) : [], draws = [], random = uniform(1), calm = matchMedia('(prefers-reduced-motion: reduce)');
  const read = (name) => (view.outputs.includes(name) ? view.get(name) : step?.outputs.includes(name) && !(name in values) ? step.get(name) : { data: values[name], shape: shapes[name] });
  const say = (text) => text.replace(NUMBER, (_, name, i, digits) => written(read(name).data[i ?? 0], digits ?? 0))
    .replace(PICK, (_, name, texts) => texts.split('|')[1 + Math.round(read(name).data[0])] ?? 'undefined');
  const spoken = one('.book-said'), trouble = one('.live-trouble'), verdict = one('.book-verdict');
  let asked = 0, playing = false, writing = 0, seen = true, later = 0, stopped = false, open = false, held = false, printing = false, last = 0, problem = '', stale = state?.ahead, chosen = 0, told = '';

  // ---- one computation and one picture a frame, however many events came
  const ask = () => { asked ||= requestAnimationFrame(frame); };
  const feed = (graph) => { for (const n of graph.inputs) graph.set(n, values[n]); };
  const renew = () => { for (const c of of('Noise')) values[c.name].forEach((_, i, v) => { v[i] = random.next().value; }); };
  const renewed = step ? step.inputs.filter((n) => carried.includes(n) || of('Noise').some((c) => c.name === n)) : [];
  function advance(most, until = Infinity) {
    feed(step);
    for (let i = 0; i < most && performance.now() < until; i++) {
      step.run();
      if (carried.some((n) => !step.get(n).data.every(Number.isFinite))) {
        problem = 'The numbers left what a computer can hold, so the figure stands where it stood before. Change a setting, or start again.';
        return play(false);
      }
      for (const n in trails) if (step.outputs.includes(n)) longer(trails[n], step.get(n).data[0]);
      for (const n of carried) values[n].set(step.get(n).data);
      renew();
      for (const n of renewed) step.set(n, values[n]);
    }
  }
  function frame(now) {
    asked = 0;
    if (stopped) return;
    if (stale) ACTS.reset();
    const moving = playing && seen;
    if (moving && calm.matches && now - last < 500) return ask();
    last = now;
    if (moving) advance(state.per_frame, performance.now() + 25);
    const start = performance.now();
    if (step) { feed(step); step.run(); }                         // what it would say now, nothing carried on
    feed(view); view.run();
    if (!playing && step) for (const n in trails) if (step.outputs.includes(n) && !trails[n].at.length) longer(trails[n], step.get(n).data[0]);
    root.dataset.ms = (performance.now() - start).toFixed(2);
    draws.forEach((draw) => draw());
    all('[data-say]').forEach((e) => { const html = say(e.dataset.say); if (e.was !== html) { e.innerHTML = html; e.was = html; } });
    if (told && judged() !== told) { forget(); if (!hides) reveal(false); }  // another figure, another guess
    if (!held) reached();                                         // what a drag only passes by does not count
    const undefined_ = say(spec.alt).includes('undefined') ? 'Here a number of this figure is not defined. Move on, and it will be again.' : '';
    trouble.textContent = problem || undefined_;
    root.dataset.drawn = (performance.now() - start).toFixed(2);
    root.dataset.frames = 1 + +(root.dataset.frames ?? 0);
    if (moving) ask();
    clearTimeout(later);
    if (!playing && !writing) later = setTimeout(announce, 300);
  }
  const announce = () => { const now = `${say(spec.alt)} ${open ? say(spec.guess.alt) : ''}`.trim(); if (spoken.textContent !== now) spoken.textContent = now; root.dataset.said = root.dataset.frames; };
  const changed = (name) => { stale ||= state?.restarts.includes(name); problem = ''; ask(); };

  // ---- missions, and the guess before what is hidden is shown
  function reached() {
    spec.missions.forEach(({ when, reply, hidden }, k) => {
      const item = all('.live-missions > li')[k];
      if ((hidden && !open) || item.classList.contains('done') || !read(when).data[0]) return;
      item.classList.add('done');
      item.lastElementChild.innerHTML = `<strong>Reached.</strong> ${say(reply)}`;
      item.lastElementChild.setAttribute('role', 'status');
    });
  }
  const choices = all('.live-guess .book-choice'), again = one('[data-act=again]'), hides = one('[data-after]') || spec.panels.some((p) => p.marks.some((m) => m.hidden));
  const right = () => Math.round(read(spec.guess.answer).data[0]);
  const judged = () => `<strong>${chosen === right() ? '✓ Right.' : '✗ Not so.'}</strong> ${say(spec.guess.says[chosen])}`;
  const forget = () => { told = verdict.textContent = ''; choices.forEach((b) => b.classList.remove('right', 'wrong')); };
  function reveal(now) {
    open = now;
    all('[data-after]').forEach((e) => { e.hidden = !open; });
    choices.forEach((b) => { b.disabled = open; if (!open) b.setAttribute('aria-pressed', false); });
    again.hidden = !open;
    ask();
  }
  choices.forEach((button, k) => button.addEventListener('click', () => {
    chosen = k;
    const kind = k === right() ? 'right' : 'wrong';
    button.classList.add(kind); button.setAttribute('aria-pressed', true);
    verdict.className = `book-verdict ${kind}`; verdict.innerHTML = told = judged();
    reveal(true);
    again.focus({ preventScroll: true });
  }));
  if (again && hides) again.textContent = 'Hide it and guess again';
  const ACTS = { again() { forget(); reveal(false); choices[0].focus({ preventScroll: true }); } };

  // ---- controls
  for (const input of all('[data-axis]')) {
    const control = spec.controls[input.dataset.axis];
    input.addEventListener('input', () => {
      const k = +input.value;
      for (const [name, stored] of Object.entries(control.options[k])) values[name].set(fresh(stored, shapes[name]));
      if (control.shown.length) { one('.book-now', input.parentElement).textContent = control.shown[k]; input.setAttribute('aria-valuetext', control.shown[k]); }
      for (const c of of('Point')) if (c.follows in control.options[k]) values[c.name].set(values[c.follows]);
      changed(control.name);
    });
  }
  function play(now) {
    playing = now;
    if (!state.ahead) one('[data-act=run]').textContent = now ? 'Pause' : 'Run';
    ask();
  }
  if (state) Object.assign(ACTS, {
    run() { problem = ''; play(!playing); },
    step() { play(false); problem = ''; advance(1); ask(); },
    reset() {
      for (const n in values) if (n === state.name || n.startsWith(`${state.name}.`)) values[n].set(first[n]);
      for (const n in trails) trails[n] = empty();
      problem = ''; stale = false;
      if (state.ahead) advance(values[state.ahead][0]);
      ask();
    },
  });
  if (words) {
    const { name, vocabulary, stops } = words, ids = values[name], at = values[`${name}_at`], entry = one('.live-entry'), note = one('.live-note'), chips = one('.live-chips');
    const length = () => { const n = ids.indexOf(-1); return n < 0 ? ids.length : n; };
    const add = (id) => { const n = length(); note.textContent = n < ids.length ? '' : 'There is no more room.'; if (n < ids.length) { ids[n] = id; at[0] = n; changed(name); } return n < ids.length; };
    const write = () => { const id = read(words.writes).data[0], more = add(id); renew(); return more && !stops.includes(vocabulary[id]); };
    const on = () => { writing = 0; if (stopped || !seen || !write()) return halt(); writing = setTimeout(on, 350); };
    const halt = () => { clearTimeout(writing); writing = 0; const b = one('[data-act=on]'); if (b) b.textContent = 'Write on'; ask(); };
    Object.assign(ACTS, {
      back() { halt(); const n = length(); if (n > 1) { ids[n - 1] = -1; at[0] = n - 2; changed(name); } },
      begin(button) { halt(); ids.set(words.beginnings[+button.dataset.k]); at[0] = length() - 1; changed(name); },
      write() { halt(); write(); },
      on() { if (writing) return halt(); one('[data-act=on]').textContent = 'Stop'; on(); },
    });
    const letters = vocabulary.every((w) => [...w].length === 1);  // then the figure reads as one types
    const offered = all('option', one('.live-words')).map((o) => o.value);
    const enter = () => {
      halt();
      const typed = letters ? [...entry.value.replaceAll(' ', '␣')] : entry.value.replace(/\.(?=\s|$)/g, ' .').split(/\s+/).filter(Boolean);
      const known = typed.map((w) => [w, w.toLowerCase()].find((x) => offered.includes(x))), unknown = typed.filter((_, k) => !known[k]);
      if (letters || !unknown.length) { known.filter(Boolean).forEach((w) => add(vocabulary.indexOf(w))); entry.value = ''; }
      if (unknown.length) note.textContent = `Not in its vocabulary: ${unknown.join(', ')}.`;
    };
    entry.addEventListener('keydown', (e) => {
      if (e.key === 'Backspace' && !entry.value) ACTS.back();
      if (e.key === 'Enter') enter();
    });
    entry.addEventListener('input', () => { note.textContent = ''; if (letters) enter(); });
    all('.live-bars').forEach((list, k) => { if (spec.bars[k].adds) list.addEventListener('click', (e) => { const bar = e.target.closest('.live-bar'); if (bar) { halt(); add(+bar.dataset.id); } }); });
    draws.push(() => {
      const n = length(), weight = spec.shade ? read(spec.shade.of).data : [];
      while (chips.children.length > n) chips.lastChild.remove();
      for (let i = 0; i < n; i++) {
        const chip = chips.children[i] ?? chips.appendChild(make('button', { type: 'button', className: 'live-word' }));
        chip.textContent = vocabulary[ids[i]]; chip.onclick = () => { at[0] = i; changed(); };
        chip.setAttribute('aria-pressed', i === at[0]);
        if (spec.shade) { chip.style.setProperty('--weight', `${(100 * within(weight[i], [0, 1])).toFixed(0)}%`); chip.title = `weight ${written(weight[i], 2)}`; }
      }
    });
  }
  for (const { name } of of('Switches')) {
    all(`[data-switch="${name}"]`).forEach((button, k) => button.addEventListener('click', () => {
      values[name][k] = 1 - values[name][k]; button.setAttribute('aria-pressed', values[name][k] === 1); changed(name);
    }));
  }
  for (const c of of('Drawing')) {
    const [h, w] = c.shape, s = Math.ceil(448 / w), data = values[c.name], box = one(`[data-drawing="${c.name}"]`);
    const canvas = make('canvas', { width: s * w, height: s * h, tabIndex: 0, className: 'live-drawing' });  // whole pixels a cell: no seams
    let cell = [h >> 1, w >> 1], focus = false, from = null;
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-label', `${c.label}: ${h} by ${w} cells. Arrow keys move, space paints or wipes the cell, Delete wipes all.`);
    const paint = (e) => {                                       // the brush: a soft dot, 1.1 cells wide
      const r = canvas.getBoundingClientRect(), x = (e.clientX - r.left) / r.width * w, y = (e.clientY - r.top) / r.height * h;
      for (let k = 0; k <= 8; k++) {
        const [u, v] = from ?? [x, y], px = u + (x - u) * k / 8, py = v + (y - v) * k / 8;
        for (let i = 0; i < h; i++) for (let j = 0; j < w; j++) data[i * w + j] = Math.max(data[i * w + j], within(1.1 - Math.hypot(j + 0.5 - px, i + 0.5 - py), [0, 1]));
      }
      from = [x, y]; changed(c.name);
    };
    canvas.addEventListener('pointerdown', (e) => { canvas.setPointerCapture(e.pointerId); from = null; paint(e); });
    canvas.addEventListener('pointermove', (e) => { if (e.buttons) paint(e); });
    canvas.addEventListener('focus', () => { focus = canvas.matches(':focus-visible'); ask(); });
    canvas.addEventListener('blur', () => { focus = false; ask(); });
    canvas.addEventListener('keydown', (e) => {
      const by = ARROWS[e.key], i = cell[0] * w + cell[1];
      if (by) cell = [within(cell[0] - by[1], [0, h - 1]), within(cell[1] + by[0], [0, w - 1])];
      else if (e.key === ' ') data[i] = data[i] > 0.5 ? 0 : 1;
      else if (e.key === 'Delete' || e.key === 'Backspace') data.fill(0);
      else return;
      focus = true; e.preventDefault(); changed(c.name);
    });
    ACTS.wipe = () => { data.fill(0); changed(c.name); };
    box.append(canvas);
    draws.push(() => {
      const g = canvas.getContext('2d');
      for (let i = 0; i < h; i++) for (let j = 0; j < w; j++) { const v = 255 - 255 * data[i * w + j]; g.fillStyle = `rgb(${v},${v},${v})`; g.fillRect(j * s, i * s, s, s); }
      if (focus) { g.strokeStyle = '#D11225'; g.lineWidth = 5; g.strokeRect(cell[1] * s + 3, cell[0] * s + 3, s - 6, s - 6); }
    });
  }
  root.addEventListener('click', (e) => { const button = e.target.closest('[data-act]'); if (button) ACTS[button.dataset.act](button); });

  // ---- panels
  const style = () => getComputedStyle(root), isDark = () => !printing && style().colorScheme.includes('dark') && !matchMedia('(forced-colors: active)').matches;
  all('.live-box:not([data-drawing])').forEach((box, index) => {
    const p = spec.panels[index], canvas = make('canvas', { className: 'live-canvas' }), g = canvas.getContext('2d');
    canvas.setAttribute('role', 'img');
    one('.live-still', box).remove();
    box.prepend(canvas);
    const [left, right, top, bottom] = p.margins;
    let W = p.size[0], H = p.size[1], xs = p.x, ys = p.y;
    const X = (x) => left + (x - xs[0]) / (xs[1] - xs[0]) * (W - left - right), Y = (y) => top + (ys[1] - y) / (ys[1] - ys[0]) * (H - top - bottom);
    const handles = p.drag.map((name) => {
      const c = spec.controls.find((k) => k.name === name), v = values[name], handle = one(`[data-point="${name}"]`, box);
      const grid = () => (c.snap && one('.live-snap')?.checked ? c.snap : c.step);
      const put = (x, y) => { v[0] = within(x, p.x); v[1] = within(y, p.y); changed(name); };
      const to = (e) => { const r = canvas.getBoundingClientRect(), s = W / r.width; put(nearest(xs[0] + ((e.clientX - r.left) * s - left) / (W - left - right) * (xs[1] - xs[0]), grid()), nearest(ys[1] - ((e.clientY - r.top) * s - top) / (H - top - bottom) * (ys[1] - ys[0]), grid())); };
      handle.addEventListener('pointerdown', (e) => { held = true; handle.setPointerCapture(e.pointerId); handle.focus({ preventScroll: true }); });
      handle.addEventListener('lostpointercapture', () => { held = false; ask(); });
      handle.addEventListener('pointermove', (e) => { if (handle.hasPointerCapture(e.pointerId)) to(e); });
      handle.addEventListener('keydown', (e) => {
        const by = ARROWS[e.key], far = e.shiftKey ? 5 : 1;
        if (!by) return;
        e.preventDefault(); e.stopPropagation();
        put(...by.map((b, i) => (b ? nearest(v[i] + b * far * grid(), grid()) : v[i])));
      });
      if (p.drag.length === 1) { canvas.addEventListener('pointerdown', (e) => { if (e.pointerType === 'mouse') to(e); }); canvas.style.cursor = 'crosshair'; }
      return (ink) => {
        handle.style.setProperty('--c', ink(c.color));
        handle.style.left = `${100 * X(v[0]) / W}%`; handle.style.top = `${100 * Y(v[1]) / H}%`;
        handle.setAttribute('aria-label', `${c.label} at ${[...v].map((x) => minus(String(+x.toFixed(3)))).join(', ')}; arrow keys move it`);
      };
    });
    one('.live-snap')?.addEventListener('change', () => {
      for (const name of p.drag) { const c = spec.controls.find((k) => k.name === name); if (c.snap && one('.live-snap').checked) values[name].forEach((x, i, v) => { v[i] = within(nearest(x, c.snap), i ? p.y : p.x); }); }
      p.drag.forEach((name) => changed(name));
    });
    function axes(ink, font) {
      const [tx, ty] = [[xs, 0], [ys, 1]].map(([ends, i]) => p.ticks[i] ?? round(...ends)), plane = p.axes === 'plane', below = p.axes === 'below', x0 = plane ? X(0) : left, y0 = plane ? Y(0) : H - bottom;
      g.strokeStyle = ink('#8A9098'); g.lineWidth = 1; g.beginPath();
      g.moveTo(left, y0); g.lineTo(W - right, y0); if (!below) { g.moveTo(x0, top); g.lineTo(x0, H - bottom); }
      g.font = font(13); g.fillStyle = ink('#6B7178'); g.textAlign = 'center'; g.textBaseline = 'top';
      const inside = (t, [low, high]) => (plane ? t && t > low && t < high : true);
      for (const t of tx) if (inside(t, xs)) { g.moveTo(X(t), y0); g.lineTo(X(t), y0 + 4); g.fillText(minus(String(t)), X(t), y0 + 6); }
      g.textAlign = 'right'; g.textBaseline = 'middle';
      for (const t of below ? [] : ty) if (inside(t, ys)) { g.moveTo(x0 - 4, Y(t)); g.lineTo(x0, Y(t)); g.fillText(minus(String(t)), x0 - 6, Y(t)); }
      g.stroke();
      g.fillStyle = ink('#222222'); g.textAlign = 'center'; g.textBaseline = 'bottom'; g.font = font(14); if (p.xlabel) g.fillText(p.xlabel, (left + W - right) / 2, H - 2);
      if (p.ylabel) { g.save(); g.translate(2, (top + H - bottom) / 2); g.rotate(-Math.PI / 2); g.textBaseline = 'top'; g.fillText(p.ylabel, 0, 0); g.restore(); }
    }
    draws.push(() => {
      const dark = isDark(), dense = Math.min(3, devicePixelRatio || 1), face = dark ? spec.dark['#ffffff'] : '#ffffff', family = style().fontFamily;
      const ink = (hex) => (dark && spec.dark[hex.toLowerCase()]) || hex, font = (size) => `${size}px ${family}`;
      W = box.clientWidth || W; H = W * p.size[1] / p.size[0];
      const size = [W, H].map((side) => Math.round(side * dense));
      if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
      const shown = p.marks.filter((m) => open || !m.hidden), series = shown.filter((m) => m.kind === 'Trail').map((m) => trails[m.of]);
      if (!p.x) xs = [0, Math.max(50, ...series.map((t) => t.at.at(-1) ?? 0))];
      if (!p.y) { const v = series.flatMap((t) => t.values).filter(Number.isFinite), low = Math.min(0, ...v); ys = [low, low + (Math.max(...v, low + 1e-9) - low) * 1.08]; }
      g.setTransform(dense, 0, 0, dense, 0, 0); g.fillStyle = face; g.fillRect(0, 0, W, H);
      const tools = { X, Y, ink, read, say, trails, face, font, panel: p, cycle: spec.cycle, text: spec.text, taken: [] };
      const under = shown.filter((m) => m.kind === 'Picture'), over = shown.filter((m) => m.kind !== 'Picture'), draw = (m) => DRAW[m.kind](m, g, tools);
      g.save(); g.beginPath(); g.rect(left, top, W - left - right, H - top - bottom); g.clip(); under.forEach(draw); g.restore();
      if (p.axes !== 'none') axes(ink, font);
      g.save(); g.beginPath(); g.rect(left, top, W - left - right, H - top - bottom); g.clip(); over.forEach(draw); g.restore();
      handles.forEach((move) => move(ink));
      canvas.setAttribute('aria-label', `${p.title ? `${make('i', { innerHTML: say(p.title) }).textContent}. ` : ''}${say(spec.alt)}`);
    });
  });
  all('.live-bars').forEach((list, k) => {
    const b = spec.bars[k], bars = [...list.children];
    draws.push(() => {
      const { data } = read(b.of), other = b.diamonds ? read(b.diamonds).data : [], order = Array.from(data.keys());
      if (b.top) order.sort((i, j) => data[j] - data[i] || i - j);
      bars.forEach((bar, at) => {
        const i = order[at], [name, line, share] = bar.children;
        name.textContent = b.names[i]; bar.dataset.id = i; line.style.setProperty('--p', `${(100 * data[i]).toFixed(2)}%`); share.textContent = `${(100 * data[i]).toFixed(1)} %`;
        if (b.diamonds) { const known = other[i] >= 0, { lastChild: mark } = line; mark.hidden = !known; mark.style.setProperty('--d', `${(100 * other[i]).toFixed(2)}%`); bar.title = known ? `compare ${(100 * other[i]).toFixed(1)} %` : ''; }
      });
    });
  });

  // ---- the page around: its scheme, its width, whether the figure is in sight
  const scheme = new MutationObserver(ask), sized = new ResizeObserver(ask), sight = new IntersectionObserver((entries) => { seen = entries.at(-1).isIntersecting; if (seen && playing) ask(); });
  for (const e of [document.documentElement, document.body]) scheme.observe(e, { attributeFilter: ['data-theme', 'data-jp-theme-light', 'class'] });
  sized.observe(root); sight.observe(root);
  document.fonts?.ready.then(ask);
  const paper = (e) => {                                           // printed as it stands, in light colours, its question answered
    printing = e.type === 'beforeprint'; draws.forEach((draw) => draw());
    if (spec.guess) { const k = right(); one('.book-truth').innerHTML = `<strong>${choices[k].innerHTML}</strong>: ${say(spec.guess.says[k])}`; }
  };
  for (const when of ['beforeprint', 'afterprint']) addEventListener(when, paper);
  hydrate.enable(root);
  all('button[disabled]').forEach((button) => { button.disabled = false; });
  root.classList.add('alive');
  root.sizes = () => Object.fromEntries([view, step].filter(Boolean).flatMap((graph) => graph.outputs.filter((n) => !(graph === step && n in values)).map((n) => {
    const { data } = graph.get(n); let sum = 0;
    for (const x of data) if (Number.isFinite(+x)) sum += x * x;
    return [n, Math.sqrt(sum / Math.max(1, data.length))];
  })));
  frame(performance.now());
  return () => { stopped = true; clearTimeout(later); clearTimeout(writing); for (const when of ['beforeprint', 'afterprint']) removeEventListener(when, paper); [scheme, sized, sight].forEach((o) => o.disconnect()); };
}
hydrate.kinds.live = hydrateLive;
