// What is selected, tags, and how changes are undone.
import { api, go, h, library, plural, state } from './core.js';

export const selection = {
  moments: new Map(),
  last: null,
  has(id) {
    return this.moments.has(id);
  },
  get ids() {
    return [...this.moments.keys()];
  },
  toggle(moment, range = false) {
    const on = !this.moments.has(moment.id);
    if (range && this.last) {
      const shown = [...document.querySelectorAll('main .moment')].map(f => Number(f.dataset.moment));
      const [a, b] = [shown.indexOf(this.last), shown.indexOf(moment.id)].sort((x, y) => x - y);
      if (a >= 0) for (const id of shown.slice(a, b + 1)) this.moments.set(id, { id });
    }
    if (on) this.moments.set(moment.id, moment);
    else this.moments.delete(moment.id);
    this.last = moment.id;
    this.show();
  },
  set(moments) {
    this.moments = new Map(moments.map(m => [m.id, m]));
    this.show();
  },
  clear() {
    this.moments.clear();
    this.show();
  },
  show() {
    for (const figure of document.querySelectorAll('.moment')) {
      const on = this.moments.has(Number(figure.dataset.moment));
      figure.toggleAttribute('data-picked', on);
      figure.querySelector('.pick')?.setAttribute('aria-pressed', String(on));
    }
    dispatchEvent(new CustomEvent('selected'));
    document.body.classList.toggle('picking', this.moments.size > 0);
    const bar = document.getElementById('selection');
    bar.hidden = this.moments.size === 0;
    if (bar.hidden) {
      bar.replaceChildren();
      return;
    }
    const write = !state.library.readOnly;
    const input = h('input', {
      type: 'text',
      placeholder: 'tag',
      'aria-label': 'Tag for the selected moments',
      maxLength: 100,
      size: 12,
      list: 'known-tags',
    });
    input.setAttribute('list', 'known-tags');
    bar.replaceChildren(
      h(
        'form.row',
        {
          onsubmit: async event => {
            event.preventDefault();
            if (await tag(input.value, this.ids)) this.clear();
          },
        },
        h('strong', { 'aria-live': 'polite' }, `${plural(this.moments.size, 'moment')} selected`),
        write && input,
        write && h('button.main', { type: 'submit' }, 'Tag'),
        h('button', { type: 'button', onclick: () => go(`/search?moment=${this.ids[0]}`) }, 'Search'),
        h('button', { type: 'button', onclick: () => this.clear(), 'aria-label': 'Clear the selection' }, 'Clear'),
      ),
      h(
        'datalist',
        { id: 'known-tags' },
        (state.library.tags ?? []).map(t => h('option', { value: t.tag })),
      ),
    );
  },
};

const changes = [];
/** The newest change is undone: toasts that tell of others no longer offer it. */
function offerNoUndo() {
  for (const button of document.querySelectorAll('#toasts button')) button.remove();
}
/** Says what was done, and how it is undone. */
export function did(text, change, chips = []) {
  offerNoUndo();
  if (change !== undefined && change !== null) changes.push({ change, text, chips });
  toast(text, change !== undefined && change !== null ? ['Undo', undo] : null);
}
export async function undo() {
  offerNoUndo();
  const last = changes.pop();
  if (!last) return toast('There is nothing to undo.');
  try {
    await api(`changes/${last.change}/undo`, { method: 'POST' });
    toast(`Undone: ${last.text}`);
    for (const chip of last.chips) chip.remove();
    await library(true);
    dispatchEvent(new CustomEvent('changed', { detail: { undone: true } }));
  } catch (problem) {
    toast(problem.message, null, true);
  }
}
export function toast(text, action = null, bad = false) {
  const box = h(
    'div.toast',
    { class: bad ? 'bad' : '' },
    h('span', {}, text),
    action &&
      h(
        'button',
        {
          type: 'button',
          onclick: () => {
            box.remove();
            action[1]();
          },
        },
        action[0],
      ),
  );
  const all = document.getElementById('toasts');
  all.append(box);
  while (all.children.length > 3) all.firstChild.remove();
  setTimeout(() => box.remove(), bad ? 12000 : 8000);
}
export async function tag(name, moments) {
  name = name.trim();
  if (!name) {
    toast('Give the tag a name.', null, true);
    return false;
  }
  try {
    const { change, added } = await api('tags', { method: 'POST', body: { tag: name, moments } });
    await library(true);
    did(`${plural(added, 'moment')} tagged ${name}`, change, added ? mark(name, moments) : []);
    dispatchEvent(new CustomEvent('changed'));
    return true;
  } catch (problem) {
    toast(problem.message, null, true);
    return false;
  }
}
/** Shows a tag at the moments that are seen. */
function mark(name, moments) {
  const chips = [];
  for (const id of moments)
    for (const caption of document.querySelectorAll(`.moment[data-moment="${id}"] figcaption`)) {
      if ([...caption.querySelectorAll('.chip.tag')].some(chip => chip.textContent === name)) continue;
      chips.push(h('a.chip.tag', { href: `/tags?tag=${encodeURIComponent(name)}`, 'data-link': true }, name));
      caption.append(chips.at(-1));
    }
  return chips;
}
/** Tells whether something else was asked for meanwhile. */
export function latest() {
  let now = null;
  return () => {
    now?.abort();
    now = new AbortController();
    return now.signal;
  };
}
