// What the book adds to the theme's page. Moves come alive when they come near the window; asks at
// once; a box that scrolls can be reached by keyboard; a printed page has its answers at the end.
(() => {
  const root = document.documentElement, here = new URL('.', document.currentScript.src).href;
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // ------------------------------------------------------------------------------ moves and asks
  const awaited = new Map();
  window.bookWidget = (key, stored) => awaited.get(key)?.(stored);

  function model({ kind, state, buffers }) {
    const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    const values = { ...state, kind }, heard = {};
    for (const [name, text] of Object.entries(buffers)) values[name] = bytes(text);
    return {
      get: (name) => values[name],
      set(name, value) {
        values[name] = value;
        (heard[`change:${name}`] ?? []).forEach((act) => act());
      },
      on: (event, act) => (heard[event] ??= new Set()).add(act),
      off: (event, act) => heard[event]?.delete(act),
      save_changes() {},
    };
  }

  function loaded(name) {
    return new Promise((done, failed) => {
      const script = document.createElement('script');
      Object.assign(script, { src: here + name, onload: done, onerror: failed });
      document.head.append(script);
    });
  }

  async function fetched(key) {
    const stored = new Promise((done) => awaited.set(key, done));
    await loaded(`widgets/${key}.js`);
    return stored;
  }

  const queue = [];
  let busy = false;
  async function enliven(move) {
    if (!queue.includes(move)) queue.push(move);
    if (busy) return;
    busy = true;
    while (queue.length) {
      const next = queue[0];
      try {
        const stored = await fetched(next.dataset.book);
        if (!window.bookHydrate.kinds[stored.kind]) await loaded('live.js');
        await window.bookHydrate(next, model(stored));
        next.dataset.alive = 'yes';
      } catch (error) {
        console.error('this figure stays a picture:', error);
      }
      queue.shift();
    }
    busy = false;
    root.dataset.widgetsReady = performance.now().toFixed(0);
  }

  function watch(margin) {
    const seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        if (!target.dataset.asked) enliven(target);
        target.dataset.asked = 'yes';
      }
      if (!busy) root.dataset.widgetsReady ??= performance.now().toFixed(0);
    }, { rootMargin: margin });
    each(':is(.book-move, .book-live)[data-book]:not([data-asked])', (move) => seen.observe(move));
  }

  function watchMoves() {
    if (!document.querySelector(':is(.book-move, .book-live)[data-book]')) return;
    watch('50% 0px');
    const acts = ['keydown', 'pointerdown', 'wheel', 'touchstart', 'scroll'];
    const further = () => {
      acts.forEach((act) => removeEventListener(act, further, true));
      watch('250% 0px');
    };
    acts.forEach((act) => addEventListener(act, further, { passive: true, capture: true }));
  }

  function startAsks() {
    const stored = new Map();
    window.bookWidget = (key, content) => (awaited.has(key) ? awaited.get(key)(content) : stored.set(key, content));
    (window.bookWaiting ?? []).forEach((tell) => tell());
    each('.book-ask[data-book]', (ask) => window.bookHydrate(ask, model(stored.get(ask.dataset.book))));
  }

  const unfold = (box) => {
    if (box.classList.contains('open')) return;
    box.removeAttribute('hidden');
    box.classList.add('open');
  };
  addEventListener('book-ask-open', ({ target }) =>
    each(`.ask-below[data-for="${target.dataset.book}"]`, unfold));
  // Found by the browser's own search.
  addEventListener('beforematch', ({ target }) => {
    const box = target.closest('.ask-below');
    if (box) unfold(box);
  }, true);

  // A link may lead into what is folded.
  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const folded = [];
    for (let box = target; box; box = box.parentElement)
      if (box.matches('.ask-below:not(.open), details.fold:not([open])')) folded.push(box);
    folded.forEach((box) => (box.matches('details') ? (box.open = true) : unfold(box)));
    if (folded.length) target.scrollIntoView();
  }

  // ---------------------------------------------------------------------------- keyboard and names
  function nameParts() {
    const name = (element, text) => {
      if (text && !element.getAttribute('aria-label')) element.setAttribute('aria-label', text);
    };
    // The visible text "Search Ctrl+K" is the button's name.
    each('.search-button-field[aria-label]', (button) => button.removeAttribute('aria-label'));
    each('.theme-switch-button[aria-label], button.nav-link[aria-label]', (button) => {
      button.removeAttribute('aria-label');
      if (!button.textContent.trim()) button.setAttribute('aria-label', button.title || 'Color mode');
    });
    each('.sidebar-primary-items__start > .sidebar-primary-item:first-child:not([role])', (part) => {
      part.setAttribute('role', 'navigation');
      name(part, 'Book');
    });
    each('[role=doc-biblioentry], .citation-list', (entry) => entry.removeAttribute('role'));
    each('summary:has(.toctree-toggle)', (toggle) => {
      const chapter = toggle.closest('li')?.querySelector('a')?.textContent.trim();
      name(toggle, `Sections of ${chapter}`);
    });
  }

  // Sizes are read together, after the first paint, then written.
  function reachScrolled() {
    const seen = new ResizeObserver((boxes) => {
      const wide = boxes.map(({ target }) => target.scrollWidth > target.clientWidth + 1);
      boxes.forEach(({ target }, k) => {
        if (wide[k]) target.tabIndex = 0;
        else target.removeAttribute('tabindex');
      });
    });
    each('.cell_output pre, .highlight pre, .formula, .cell_output .text_html, .pst-scrollable-table-container', (box) => seen.observe(box));
  }

  // ---------------------------------------------------------------------------------------- print
  function gatherAnswers() {
    const article = document.querySelector('.bd-article > section') ?? document.querySelector('.bd-article');
    const answers = [...document.querySelectorAll('.fold-hint, .fold-solution')];
    if (!article || !answers.length) return;
    const end = Object.assign(document.createElement('section'), { className: 'printed-answers' });
    end.append(Object.assign(document.createElement('h2'), { textContent: 'Hints and solutions' }));
    for (const answer of answers) {
      const [summary, ...content] = answer.cloneNode(true).children;
      end.append(Object.assign(document.createElement('h3'), { textContent: summary.textContent }), ...content);
    }
    end.querySelectorAll('[id]').forEach((element) => element.removeAttribute('id'));
    article.append(end);
    root.classList.add('printing');
  }
  addEventListener('beforeprint', gatherAnswers);
  addEventListener('afterprint', () => {
    root.classList.remove('printing');
    each('.printed-answers', (end) => end.remove());
  });

  nameParts();
  startAsks();
  watchMoves();
  reveal();
  addEventListener('hashchange', reveal);
  addEventListener('load', () => {
    nameParts();
    (window.requestIdleCallback ?? setTimeout)(reachScrolled);
  });
})();
