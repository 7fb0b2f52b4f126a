// What all pages share: elements, requests, words and numbers, the library and its concepts, addresses, inputs.
/** An element: h('p', { class: 'soft', onclick }, 'text', child). Text is always text, never markup. */
export function h(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'class') element.className = [element.className, value].filter(Boolean).join(' ');
    else if (key === 'style') for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
    else if (key === 'data') Object.assign(element.dataset, value);
    else if (key in element && !key.includes('-') && key !== 'list' && key !== 'for') element[key] = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(9).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Asks the server; what goes wrong is an Error whose message can be shown. */
export async function api(path, { method = 'GET', body, signal, type = 'json' } = {}) {
  const headers = {};
  if (method !== 'GET') headers['X-VideoConcepts'] = '1';
  const raw = body instanceof Blob;
  if (body !== undefined) headers['Content-Type'] = raw ? 'application/octet-stream' : 'application/json';
  let answer;
  try {
    answer = await fetch('/api/' + path, {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
    });
  } catch (fault) {
    if (fault.name === 'AbortError') throw fault;
    throw new Error('The explorer does not answer. Is videoconcepts explore still running?');
  }
  if (answer.status === 202) return Object.assign(await answer.json(), { pending: true });
  if (!answer.ok) {
    const said = await answer.json().catch(() => null);
    throw Object.assign(new Error(said?.error ?? `The explorer answers ${answer.status}.`), {
      status: answer.status,
    });
  }
  if (type === 'bytes') return Object.assign(await answer.arrayBuffer(), { headers: answer.headers });
  return answer.status === 204 ? null : answer.json();
}

export const query = parts =>
  new URLSearchParams(
    Object.entries(parts).filter(
      ([, value]) => value !== null && value !== undefined && value !== '' && value !== false,
    ),
  ).toString();

// --- Words and numbers ---------------------------------------------------------------------------------------------

/** 83.4 → 1:23.4, as the command line writes times. */
export function time(seconds, digits = 1) {
  const tenths = Math.round(seconds * 10 ** digits) / 10 ** digits;
  const hours = Math.floor(tenths / 3600),
    minutes = Math.floor(tenths / 60) % 60;
  const rest = (tenths % 60).toFixed(digits).padStart(digits ? 3 + digits : 2, '0');
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
export const count = n => n.toLocaleString('en');
export const plural = (n, word) => `${count(n)} ${word}${n === 1 ? '' : 's'}`;
export const percent = share =>
  share >= 0.1 || share === 0 ? `${Math.round(share * 100)} %` : `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
export function duration(seconds) {
  if (seconds < 90) return plural(Math.round(seconds), 'second');
  if (seconds < 5400) return plural(Math.round(seconds / 60), 'minute');
  return `${(seconds / 3600).toFixed(1)} hours`;
}

/** A word whose meaning is one hover, or one key, away. */
export const meaning = (word, text) =>
  h('span.tip-of', { title: text, tabindex: 0, 'aria-label': `${word}: ${text}` }, word);

// --- The library ---------------------------------------------------------------------------------------------------

export const state = { library: null, concepts: null, stale: false };

export async function library(fresh = false) {
  if (!state.library || fresh) state.library = await api('library');
  return state.library;
}
export async function concepts(fresh = false) {
  if (!state.concepts || state.stale || fresh) {
    state.stale = false;
    state.concepts = (await library()).concepts ? await api('concepts') : { static: [], dynamic: [], table: null };
  }
  return state.concepts;
}
export const kinds = { static: { word: 'look', css: 'look' }, dynamic: { word: 'motion', css: 'motion' } };
export function nameOf(kind, index) {
  return state.concepts?.[kind]?.[index]?.name || `${kinds[kind].word} ${index}`;
}
/** Of concepts of a kind those that stand out in a moment and are not hidden, the most frequent ones first. */
export const frequent = ofKind => ofKind.filter(c => c.moments && !c.hidden).sort((a, b) => b.moments - a.moments);
/** They as options of a select. */
export const conceptOptions = (all, kind, { value = c => `${kind}:${c.index}`, words = () => '' } = {}) =>
  frequent(all[kind]).map(c => h('option', { value: value(c) }, nameOf(kind, c.index), words(c)));

/** The name of a file, of which the folder gives way where there is too little room. */
export function pathOf(path, tag = 'span.name') {
  const cut = path.lastIndexOf('/') + 1;
  return h(
    tag,
    { title: path },
    cut ? h('span.folder', {}, path.slice(0, cut)) : '',
    h('span.file', {}, path.slice(cut)),
  );
}

/** A colour for the n-th of many; neighbours in number are far apart in hue. */
export function colour(n, kind = 'static') {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const hue = (n * 137.508 + (kind === 'dynamic' ? 25 : 205)) % 360;
  return hsl(hue, [62, 48, 78][n % 3], (dark ? [62, 74, 54] : [44, 56, 34])[n % 3]);
}
function hsl(hue, saturation, light) {
  const s = saturation / 100,
    l = light / 100,
    a = s * Math.min(l, 1 - l);
  const part = n => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (l - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [part(0), part(8), part(4)];
}
export const rgb = c => `rgb(${c[0]} ${c[1]} ${c[2]})`;

// --- Pages ---------------------------------------------------------------------------------------------------------

export function go(address, { replace = false } = {}) {
  if (!replace) history.replaceState({ ...history.state, y: scrollY }, ''); // where it was read, for the way back
  history[replace ? 'replaceState' : 'pushState']({}, '', address);
  dispatchEvent(new PopStateEvent('popstate'));
}
/** Remembers in the address what is shown, so that it can be sent and reloaded. */
export function remember(parts) {
  const at = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(parts))
    if (value === null || value === undefined || value === '') at.delete(key);
    else at.set(key, value);
  const text = at.toString();
  history.replaceState(history.state, '', location.pathname + (text ? '?' + text : ''));
}
export const asked = key => new URLSearchParams(location.search).get(key);

export const loading = (what = 'Loading') => h('p.empty', { role: 'status' }, h('span.spin'), ` ${what} …`);
export const empty = (...words) => h('p.empty', {}, ...words);
export const fault = (problem, again) =>
  h(
    'p.empty.error',
    { role: 'alert' },
    problem.message,
    ' ',
    again && h('button', { type: 'button', onclick: again }, 'Try again'),
  );

/** A row of buttons of which one is pressed. */
export function choice(label, options, value, changed) {
  const row = h('span.choice', { role: 'group', 'aria-label': label });
  const show = now =>
    row.replaceChildren(
      ...options.map(([key, text, title]) =>
        h(
          'button',
          {
            type: 'button',
            title,
            'aria-pressed': String(key === now),
            onclick: () => {
              if (key !== now) {
                show(key);
                changed(key);
              }
            },
          },
          text,
        ),
      ),
    );
  show(value);
  return row;
}

/** Look ⟷ motion. Told while it moves. */
export function slider(value, changed) {
  const input = h('input', {
    type: 'range',
    min: 0,
    max: 100,
    step: 5,
    value: Math.round(value * 100),
    'aria-label': 'How much motion counts, from look alone to motion alone',
  });
  const say = () =>
    input.setAttribute(
      'aria-valuetext',
      input.value === '0'
        ? 'look alone'
        : input.value === '100'
          ? 'motion alone'
          : `${100 - input.value} % look, ${input.value} % motion`,
    );
  say();
  input.addEventListener('input', () => {
    say();
    changed(input.value / 100);
  });
  return h('div.slider', {}, h('span.look', {}, 'look'), input, h('span.motion', {}, 'motion'));
}
