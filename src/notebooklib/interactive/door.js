// A notebook keeps the script of all its moves and asks once, in a model of its own: this one finds it there.
const shelf = (globalThis.bookScripts ??= new Map());

export default {
  async render({ model, el }) {
    const home = await model.widget_manager.get_model(model.get('home').replace('IPY_MODEL_', ''));
    const code = home.get('_esm');
    if (!shelf.has(code)) shelf.set(code, import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))));
    return (await shelf.get(code)).default.render({ model, el });
  },
};
