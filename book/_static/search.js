// Searches the book's own index (window.bookIndex): sections, terms and symbols, in both languages.
// Words match from their beginning, signs and Chinese characters anywhere.
(() => {
  const SHOWN = 40, AROUND = 90;
  const { pages, entries } = window.bookIndex;
  const box = document.getElementById('search-results');
  const field = box.parentElement.querySelector('input');

  // One spelling for all: no accents, no capitals, -ise for -ize, a blank for each hyphen.
  const fold = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/[-_‐‑–]/g, ' ').replace(/(?<=[a-z]{2})iz(?=e|a|i)/g, 'is');
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const stem = (word) => word.replace(/(?<=[a-z]{3}[^su])s$/, '');
  const pattern = (text) => new RegExp((/^[a-z0-9]/.test(text) ? '(?<![a-z0-9])' : '') + escaped(text), 'g');

  let folded;
  const prepared = () => folded ??= entries.map(([page, anchor, kind, title, text, also]) => ({
    page, anchor, kind, title, text, head: fold(title), body: fold(text), also: fold(also || ''),
  }));

  function score(entry, words, phrase) {
    let sum = 0;
    for (const word of words) {
      const head = (entry.head.match(word) || entry.also.match(word) || []).length;
      const body = (entry.body.match(word) || []).length;
      if (!head && !body) return 0;
      sum += 20 * Math.min(head, 1) + Math.min(body, 5);
    }
    const named = entry.head.match(phrase) || entry.also.match(phrase);
    if (named) sum += 20 + (entry.kind ? 60 : 0) + 40 * phrase.source.length / entry.head.length;
    if (entry.body.match(phrase)) sum += 5;
    return sum;
  }

  // The words around the first match, the matches marked.
  function excerpt(text, words) {
    const place = [], signs = [];
    for (let i = 0; i < text.length; i++) for (const sign of fold(text[i])) { signs.push(sign); place.push(i); }
    const flat = fold(signs.join('')), spans = [];
    for (const word of words) for (const m of flat.matchAll(word)) spans.push([place[m.index], place[m.index + m[0].length - 1] + 1]);
    spans.sort((a, b) => a[0] - b[0]);
    const first = spans.length ? spans[0][0] : 0;
    let from = Math.max(0, first - AROUND), to = Math.min(text.length, first + 2 * AROUND);
    if (from) from = Math.max(from, text.indexOf(' ', from) + 1 || from);
    if (from > first) from = first;
    if (to < text.length) to = Math.max(text.lastIndexOf(' ', to), first + AROUND);
    const line = document.createElement('p');
    if (from) line.append('… ');
    let at = from;
    for (const [start, end] of spans) {
      if (start < at || end > to) continue;
      line.append(text.slice(at, start));
      line.append(Object.assign(document.createElement('mark'), { textContent: text.slice(start, end) }));
      at = end;
    }
    line.append(text.slice(at, to));
    if (to < text.length) line.append(' …');
    return line;
  }

  function show(query) {
    const asked = fold(query).trim().replace(/\s+/g, ' ');
    box.replaceChildren();
    if (!asked) return;
    const words = asked.split(' ').map((word) => pattern(stem(word))), phrase = pattern(stem(asked));
    const found = prepared().map((entry) => [score(entry, words, phrase), entry])
      .filter(([points]) => points).sort((a, b) => b[0] - a[0]);
    const count = document.createElement('p');
    count.setAttribute('role', 'status');
    count.textContent = !found.length ? `Nothing is found for “${query}”. Try fewer letters or another word.`
      : found.length > SHOWN ? `${found.length} places; the first ${SHOWN} are shown.`
        : found.length === 1 ? '1 place' : `${found.length} places`;
    const list = Object.assign(document.createElement('ul'), { className: 'search' });
    for (const [, entry] of found.slice(0, SHOWN)) {
      const [address, name] = pages[entry.page], item = document.createElement('li');
      const link = Object.assign(document.createElement('a'), {
        href: address + (entry.anchor && '#' + entry.anchor), textContent: entry.title,
      });
      item.append(link);
      if (name !== entry.title) {
        item.append(Object.assign(document.createElement('span'), { className: 'search-page', textContent: name }));
      }
      if (entry.text) item.append(excerpt(entry.text, words));
      list.append(item);
    }
    box.append(count, list);
  }

  const query = new URLSearchParams(location.search).get('q') || '';
  field.value = query;
  field.addEventListener('input', () => show(field.value));
  show(query);
})();
