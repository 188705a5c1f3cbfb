// Brings a move or an ask to life in HTML that Python has written. Holds no mathematics.
// A move shows one of many ready pictures; which one, its controls say. An ask compares an answer
// with those that Python has stored, says why, and lets what stands below it unfold.
async function unpack(bytes) {
  const view = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
  const stream = new Blob([view]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

const enable = (root) => root.querySelectorAll('fieldset').forEach((set) => { set.disabled = false; });

// ---------------------------------------------------------------------------------------- moves

async function hydrateMove(root, model) {
  const { lines, frames, narrow, alts } = await unpack(model.get('data'));
  const dims = model.get('dims'), img = root.querySelector('img.frame-view');
  const source = root.querySelector('picture source'), said = root.querySelector('.book-said');
  const small = matchMedia('(max-width: 500px)');
  const urls = new Map();
  const url = (set, k) => {
    const key = `${set === narrow} ${k}`;
    if (!urls.has(key)) {
      const svg = set[k].map((line) => lines[line]).join('\n');
      urls.set(key, URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' })));
    }
    return urls.get(key);
  };
  const chosen = () => (narrow && small.matches ? narrow : frames);
  const place = () => model.get('at').reduce((sum, i, axis) => sum * dims[axis] + i, 0);

  const show = async (spoken = true) => {
    const k = place(), next = new Image();
    settle();
    next.src = url(chosen(), k);
    await next.decode().catch(() => {});
    if (k !== place()) return;                       // a later move has overtaken this one
    img.src = url(frames, k);
    if (source) source.srcset = url(narrow ?? frames, k);
    img.alt = alts[k];
    if (spoken) said.textContent = alts[k];
    for (const near of [k - 1, k + 1]) if (frames[near]) new Image().src = url(chosen(), near);
  };

  const controls = [...root.querySelectorAll('[data-axis]')];
  const settle = () => {                             // controls and read-outs say what is shown
    const at = model.get('at');
    for (const control of controls) {
      const now = at[control.dataset.axis];
      if (control.type === 'radio') control.checked = Number(control.value) === now;
      else if (control.type === 'range') {
        const text = model.get('shown')[control.dataset.axis][now];
        control.value = now;
        control.setAttribute('aria-valuetext', text);
        control.parentElement.querySelector('.book-now').textContent = text;
      } else if (control.tagName === 'SELECT') control.value = now;
    }
  };
  const turn = (axis, index) => {
    const at = [...model.get('at')];
    at[axis] = index;
    model.set('at', at);
    model.save_changes();
  };
  for (const control of controls) {
    const axis = Number(control.dataset.axis);
    if (control.tagName === 'BUTTON') film(control, axis);
    else control.addEventListener('input', () => turn(axis, Number(control.value)));
  }

  function film(button, axis) {
    let timer;
    const label = button.getAttribute('aria-label');
    const stop = () => {
      clearInterval(timer);
      timer = undefined;
      button.classList.remove('playing');
      button.setAttribute('aria-label', label);
    };
    const step = () => {
      const now = model.get('at')[axis];
      if (now + 1 < dims[axis] && button.isConnected) turn(axis, now + 1);
      if (now + 2 >= dims[axis]) stop();
    };
    button.addEventListener('click', () => {
      if (timer) return stop();
      if (model.get('at')[axis] + 1 === dims[axis]) turn(axis, 0);
      button.classList.add('playing');
      button.setAttribute('aria-label', label.replace('Play', 'Pause'));
      timer = setInterval(step, 700);
    });
  }

  const moved = () => show();
  const resized = () => show(false);
  model.on('change:at', moved);
  small.addEventListener('change', resized);
  await show(false);
  enable(root);
  return () => {
    model.off('change:at', moved);
    small.removeEventListener('change', resized);
    urls.forEach((address) => URL.revokeObjectURL(address));
  };
}

// ----------------------------------------------------------------------------------------- asks

// "1/3", "−2" and "0,5" are numbers too; anything else is none.
function number(text) {
  const parts = text.trim().replace(/[−–]/g, '-').replace(/\s/g, '').replace(',', '.').split('/');
  const values = parts.map((part) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(part) ? Number(part) : NaN));
  return values.length === 1 ? values[0] : values.length === 2 ? values[0] / values[1] : NaN;
}

function hydrateAsk(root, model) {
  const data = model.get('verdicts');
  const verdict = root.querySelector('.book-verdict'), boxes = [...root.querySelectorAll('.book-entry')];
  const open = () => {
    root.classList.add('open');
    root.dispatchEvent(new CustomEvent('book-ask-open', { bubbles: true }));
  };
  const say = (right, html) => {
    verdict.className = `book-verdict ${right ? 'right' : 'wrong'}`;
    verdict.innerHTML = `<strong>${right ? '✓ Right.' : '✗ Not so.'}</strong> ${html}`;
    open();
  };

  root.querySelectorAll('.book-choice').forEach((button, k) => button.addEventListener('click', () => {
    root.querySelectorAll('.book-choice').forEach((other) => other.setAttribute('aria-pressed', other === button));
    button.classList.add(data.choices[k].right ? 'right' : 'wrong');
    say(data.choices[k].right, data.choices[k].says);
  }));

  const near = (got, want, within) => got - want <= within && want - got <= within;
  const check = () => {
    const got = boxes.map((box) => number(box.value));
    boxes.forEach((box, k) => box.setAttribute('aria-invalid', Number.isNaN(got[k])));
    if (got.some(Number.isNaN)) {
      verdict.className = 'book-verdict';
      verdict.textContent = 'Type a number into each box, such as 3, -0.5 or 1/3.';
      return;
    }
    const hits = got.filter((value, k) => near(value, data.want[k], data.within[k])).length;
    if (hits === got.length) return say(true, data.why);
    const slip = data.wrong.find((one) => got.every((value, k) => near(value, one.values[k], one.within[k])));
    const count = got.length > 1 ? `${hits} of ${got.length} numbers are right. ` : '';
    say(false, slip ? slip.says : count + data.otherwise);
  };
  root.querySelector('.book-commit')?.addEventListener('click', check);
  boxes.forEach((box) => box.addEventListener('keydown', (event) => { if (event.key === 'Enter') check(); }));

  root.querySelector('.book-show').addEventListener('click', () => {
    verdict.className = 'book-verdict';
    verdict.innerHTML = root.querySelector('.book-truth').innerHTML;
    open();
  });
  root.classList.add('live');
  enable(root);
}

// ---------------------------------------------------------------------------------- all of them

const KINDS = { ask: hydrateAsk, move: hydrateMove };   // a live figure adds its own

export function hydrate(root, model) {
  return KINDS[model.get('kind')](root, model);
}
Object.assign(hydrate, { kinds: KINDS, unpack, enable });

// JupyterLab marks widgets without a kernel as broken; these need none.
function unmark() {
  if (document.getElementById('book-unmark')) return;
  const mark = '.jupyter-widgets-disconnected::before';
  const style = Object.assign(document.createElement('style'), { id: 'book-unmark' });
  style.textContent = `:has(> .book-widget)${mark}, .book-widget${mark}, :has(.book-widget)${mark} { content: none !important }`;
  document.head.append(style);
}

async function render({ model, el }) {
  unmark();
  el.classList.add('book-widget');
  const light = document.body.dataset.jpThemeLight;  // JupyterLab's theme decides, not the system's
  if (light) el.style.colorScheme = light === 'false' ? 'dark' : 'light';
  el.innerHTML = model.get('html');
  for (const control of el.querySelectorAll('button, input, select')) {
    control.dataset.lmSuppressShortcuts = '';        // JupyterLab would take arrow keys and Enter for itself
  }
  const images = el.querySelectorAll('img.frame-view, img.live-still');
  images.forEach((img) => { img.hidden = true; });   // no broken picture before the first one is unpacked
  const stop = await hydrate(el.firstElementChild, model);
  images.forEach((img) => { img.hidden = !img.src; });
  return stop;
}

export default { render };
