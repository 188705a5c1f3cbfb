// Shows one of many ready pictures; which one, sliders say through i0, i1, i2. Holds no mathematics.
async function unpack(model) {
  const view = model.get('data');
  const bytes = new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

// JupyterLab marks widgets without a kernel as broken; these need none.
function unmark() {
  if (document.getElementById('frame-view-style')) return;
  const move = '.widget-vbox:has(img.frame-view)', mark = '.jupyter-widgets-disconnected::before';
  const style = Object.assign(document.createElement('style'), { id: 'frame-view-style' });
  style.textContent = `${move}${mark}, ${move} ${mark} { content: none !important }`;
  document.head.append(style);
}

async function render({ model, el }) {
  unmark();
  const { lines, frames, alts } = await unpack(model);
  const dims = model.get('dims'), keys = dims.map((_, d) => `i${d}`), urls = new Map();
  const index = () => keys.reduce((sum, key, d) => sum * dims[d] + model.get(key), 0);
  const url = (k) => {
    if (!urls.has(k)) {
      const svg = frames[k].map((line) => lines[line]).join('\n');
      urls.set(k, URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' })));
    }
    return urls.get(k);
  };
  const img = document.createElement('img');
  [img.width, img.height] = model.get('size');
  img.style.cssText = 'max-width:100%;height:auto;background:#fff';
  img.className = 'frame-view';
  const show = async () => {
    const k = index(), next = new Image();
    next.src = url(k);
    await next.decode().catch(() => {});
    if (k !== index()) return;                       // a later move has overtaken this one
    img.src = url(k);
    img.alt = alts[k];
    for (const near of [k - 1, k + 1]) if (near >= 0 && near < frames.length) new Image().src = url(near);
  };
  keys.forEach((key) => model.on(`change:${key}`, show));
  el.append(img);
  await show();
  return () => { keys.forEach((key) => model.off(`change:${key}`, show)); urls.forEach(URL.revokeObjectURL); };
}

export default { render };
