// The pages, by their addresses, and the keys.
import { concepts, empty, fault, go, h, library, loading, state } from './core.js';
import { selection, undo } from './selection.js';
import { conceptsPage } from './concepts.js';
import { conceptPage } from './concept.js';
import { mapPage } from './map.js';
import { searchPage } from './search.js';
import { videosPage } from './videos.js';
import { videoPage } from './video.js';
import { unusualPage } from './unusual.js';
import { countsPage } from './counts.js';
import { tagsPage } from './tags.js';

const pages = [
  [/^\/$/, conceptsPage, 'Concepts'],
  [/^\/concept\/(static|dynamic)\/(\d+)$/, conceptPage, 'Concept'],
  [/^\/map$/, mapPage, 'Map'],
  [/^\/search$/, searchPage, 'Search'],
  [/^\/videos$/, videosPage, 'Videos'],
  [/^\/video\/(\d+)$/, videoPage, 'Video'],
  [/^\/unusual$/, unusualPage, 'Unusual moments'],
  [/^\/counts$/, countsPage, 'Over time'],
  [/^\/tags$/, tagsPage, 'Tags'],
];
const main = document.getElementById('main');
let leaving = null,
  shown = 0;

async function show(focus = true, y = 0) {
  const turn = ++shown;
  leaving?.abort();
  const page = new AbortController();
  leaving = page;
  const path = location.pathname;
  for (const link of document.querySelectorAll('nav a')) {
    const to = link.getAttribute('href');
    const here =
      to === path || (to === '/' && path.startsWith('/concept/')) || (to === '/videos' && path.startsWith('/video/'));
    if (here) {
      link.setAttribute('aria-current', 'page');
      const row = link.parentElement; // on a narrow screen the row of pages is wound to it
      row.scrollLeft = Math.max(0, link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2);
    } else link.removeAttribute('aria-current');
  }
  const place = h('div');
  main.replaceChildren(loading());
  try {
    const about = await library();
    await concepts();
    if (turn !== shown) return;
    document.getElementById('library').textContent = about.name;
    const found = pages.map(([test, make, title]) => [path.match(test), make, title]).find(([match]) => match);
    document.title = `${found?.[2] ?? 'Not found'} · ${about.name}`;
    if (!found)
      place.append(
        h('h1', {}, 'There is no such page'),
        empty('Perhaps the address was cut. ', h('a', { href: '/', 'data-link': true }, 'All concepts')),
      );
    else if (about.moments === 0)
      place.append(
        h('h1', {}, about.name),
        empty(
          'There is nothing in this library yet. Index some videos: ',
          h('kbd', {}, 'videoconcepts index --videos FOLDER --out library.db'),
        ),
      );
    else {
      main.replaceChildren(place);
      await found[1](place, { match: found[0].slice(1), signal: page.signal });
    }
    if (turn === shown && !place.isConnected) main.replaceChildren(place);
  } catch (problem) {
    if (problem.name === 'AbortError' || turn !== shown) return;
    main.replaceChildren(
      h('h1', {}, problem.status === 404 ? 'There is no such page' : 'This did not work'),
      fault(problem, () => {
        state.library = null;
        show();
      }),
    );
  }
  if (turn === shown && focus) main.focus({ preventScroll: true });
  if (turn === shown && y) wind(y, page.signal);
}

/** Goes back to where a page was read; what it shows may still come. A person who scrolls meanwhile is let. */
function wind(y, left) {
  const own = new AbortController(),
    until = performance.now() + 4000;
  for (const name of ['wheel', 'pointerdown', 'keydown', 'touchstart'])
    addEventListener(name, () => own.abort(), { signal: own.signal, passive: true });
  const step = () => {
    if (own.signal.aborted || left.aborted) return;
    scrollTo(0, y);
    if (scrollY < y - 2 && performance.now() < until) requestAnimationFrame(step);
    else own.abort();
  };
  step();
}
history.scrollRestoration = 'manual';
addEventListener('pagehide', () => history.replaceState({ ...history.state, y: scrollY }, ''));

document.addEventListener('click', event => {
  const link = event.target.closest?.('a[data-link]');
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(link.getAttribute('href'));
  if (!link.hash) scrollTo(0, 0);
});
addEventListener('popstate', event => show(true, event.state?.y));
addEventListener('changed', async event => {
  state.stale = true;
  if (!event.detail?.undone) return;
  await concepts().catch(() => {}); // the names of before; a failure is told by the next page
  dispatchEvent(new CustomEvent('named'));
});

const keys = [
  ['/', 'search'],
  ['g c', 'concepts'],
  ['g m', 'map'],
  ['g v', 'videos'],
  ['g t', 'tags'],
  ['x', 'select the moment that is pointed at, or has the focus'],
  ['← →', 'on a video: the moment before, the moment after'],
  ['L', 'on the map: draw a lasso'],
  ['Ctrl Z', 'undo the last change'],
  ['Escape', 'clear the selection'],
  ['?', 'this help'],
];
function help() {
  const box = h(
    'dialog',
    { 'aria-label': 'Keys and meanings' },
    h('h2', {}, 'Keys and meanings'),
    h(
      'dl.meanings',
      {},
      keys.flatMap(([key, what]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)]),
    ),
    h(
      'dl.meanings',
      {},
      h('dt', {}, 'moment'),
      h('dd', {}, 'some frames of a video, a second or so; its pictures move'),
      state.library?.concepts
        ? [
            h('dt.look', {}, 'look'),
            h('dd', {}, 'a static concept: what things look like, read from a still'),
            h('dt.motion', {}, 'motion'),
            h('dd', {}, 'a dynamic concept: how things move, read from what changes from frame to frame'),
            h('dt', {}, 'share'),
            h('dd', {}, 'of all moments those in which this concept stands out most'),
            h('dt', {}, 'strength'),
            h('dd', {}, 'by how many standard deviations it stands out from its mean in this library'),
          ]
        : '',
      h('dt', {}, 'similarity'),
      h('dd', {}, 'cosine, from -1 to 1; near 1 is the same'),
    ),
    h('form.row', { method: 'dialog' }, h('button.main', {}, 'Close')),
  );
  document.body.append(box);
  box.addEventListener('close', () => box.remove());
  box.showModal();
}
document.getElementById('help').addEventListener('click', help);

let before = '';
addEventListener('keydown', event => {
  if (event.target.closest('input, select, textarea, dialog, video')) return;
  if ((event.ctrlKey || event.metaKey) && event.key === 'z') {
    event.preventDefault();
    undo();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') selection.clear();
  else if (event.key === '?') help();
  else if (event.key === '/') {
    event.preventDefault();
    go('/search');
  } else if (before === 'g' && { c: 1, m: 1, v: 1, t: 1 }[event.key])
    go({ c: '/', m: '/map', v: '/videos', t: '/tags' }[event.key]);
  else if (event.key === 'x') {
    const figure = event.target.closest('.moment') ?? document.querySelector('.moment:hover');
    figure?.querySelector('.pick')?.click();
  }
  before = event.key;
});
show(false, history.state?.y);
