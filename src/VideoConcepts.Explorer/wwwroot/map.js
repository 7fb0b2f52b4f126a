// Every moment a point: near is alike, by look, by motion, or by both.
import {
  api,
  asked,
  choice,
  conceptOptions,
  concepts,
  count,
  fault,
  go,
  h,
  library,
  loading,
  nameOf,
  percent,
  plural,
  remember,
} from './core.js';
import { grid, reel } from './reels.js';
import { latest, selection, toast } from './selection.js';
import { isInside, lassoOver } from './lasso.js';
import { kindsOf, legendOf, pointsOf, warm } from './mapcolours.js';
import { PointCloud } from './pointcloud.js';

export async function mapPage(place, { signal }) {
  const about = await library(),
    all = await concepts(),
    next = latest();
  let by = about.motion ? (asked('by') ?? 'both') : 'look',
    paint =
      asked('colour') ??
      (all.dynamic.length ? (by === 'look' ? 'look' : 'motion') : about.classes.length ? 'class' : 'video');
  let lassoing = false,
    cloud = null,
    points = null,
    positions = null,
    colours = null,
    only = null,
    kinds = null;
  const plane = h('div.plane', {
    role: 'application',
    tabindex: 0,
    'aria-label': 'Map of all moments. Drag to move, wheel to zoom, L to draw a lasso.',
  });
  const side = h('div.stack'),
    legend = h('div.legend'),
    chosen = h('div'),
    facts = h('small.soft', { role: 'status' });
  const overlay = lassoOver(plane, select);

  const colouring = h(
    'select',
    {
      'aria-label': 'Colour',
      onchange: () => {
        paint = colouring.value;
        remember({ colour: paint });
        only = null;
        recolour();
      },
    },
    all.static.length ? [h('option', { value: 'motion' }, 'motion'), h('option', { value: 'look' }, 'look')] : '',
    about.classes.length ? h('option', { value: 'class' }, 'class') : '',
    h('option', { value: 'video' }, 'video'),
    h('option', { value: 'time' }, 'time in the video'),
    about.tags.map(t => h('option', { value: `tag:${t.tag}` }, `tag ${t.tag}`)),
    all.static.length
      ? ['dynamic', 'static'].map(kind =>
          h('optgroup', { label: kind === 'static' ? 'one look' : 'one motion' }, conceptOptions(all, kind)),
        )
      : '',
  );
  colouring.value = [...colouring.options].some(o => o.value === paint) ? paint : colouring.options[0].value;
  paint = colouring.value;
  const lasso = h(
    'button.toggle',
    {
      type: 'button',
      'aria-pressed': 'false',
      title: 'Draw around points to select them (L)',
      onclick: () => setLasso(!lassoing),
    },
    'Lasso',
  );
  const whole = h('button.quiet', { type: 'button', onclick: () => cloud?.all() }, 'Whole map');
  place.append(
    h(
      'div.row.between',
      { style: { 'margin-bottom': '12px' } },
      h('h1', {}, 'Map'),
      h(
        'div.row',
        {},
        h('span.soft', { 'aria-hidden': 'true' }, about.motion ? 'near is alike by' : 'near is alike by look'),
        about.motion
          ? choice(
              'Near is alike by',
              [
                ['look', 'look'],
                ['both', 'both'],
                ['motion', 'motion'],
              ],
              by,
              value => {
                by = value;
                if (by !== 'both' && (paint === 'look' || paint === 'motion') && all.static.length)
                  colouring.value = paint = by; // what is near each other shows its colours
                remember({ by, colour: paint });
                only = null;
                if (cloud) recolour();
                move();
              },
            )
          : '',
        h('label', {}, 'colour ', colouring),
        lasso,
        whole,
      ),
    ),
    h('div.mapping', {}, plane, side),
  );
  side.append(h('div.card', {}, h('h3', {}, 'Colours'), legend), chosen, facts);

  function setLasso(on) {
    lassoing = on;
    lasso.setAttribute('aria-pressed', String(on));
    if (on) plane.focus({ preventScroll: true });
    plane.classList.toggle('lassoing', on);
    if (cloud) cloud.enabled = !on;
  }

  try {
    points = await pointsOf(signal);
  } catch (problem) {
    place.replaceChildren(fault(problem));
    return;
  }
  if (signal.aborted) return;
  await move();

  /** Reads where the points are; waits while that is computed. */
  async function move() {
    const turn = next();
    const over = h('div.over', { role: 'status' });
    try {
      let found;
      for (;;) {
        found = await api(`map?by=${by}`, { type: 'bytes', signal: turn });
        if (!found.pending) break;
        over.replaceChildren(h('span.spin'), ` the map is laid out, ${percent(found.done)}`);
        if (!over.isConnected) plane.append(over);
        await new Promise(done => setTimeout(done, 700));
        if (signal.aborted || turn.aborted) return;
      }
      over.replaceChildren(h('span.spin'), ' Drawing …');
      if (!cloud && !over.isConnected) plane.append(over);
      positions = new Float32Array(found);
      const placed = Number(found.headers.get('X-Placed') ?? points.n);
      facts.textContent =
        `${plural(points.n, 'moment')}. ` +
        (placed < points.n
          ? `${count(placed)} of them are laid out by t-SNE, the others beside those that they are most like. `
          : 'Laid out by t-SNE. ') +
        'Distances within a cluster mean something, those between clusters little.';
      await start();
      over.remove();
    } catch (problem) {
      over.remove();
      if (problem.name !== 'AbortError' && !signal.aborted) plane.append(h('div.over', {}, fault(problem, move)));
    }
  }

  function start() {
    if (!cloud) {
      const tip = h('div.tip', { hidden: true });
      cloud = new PointCloud(plane, {
        signal,
        onClick: index => go(`/video/${points.videos[index]}?t=${points.start[index].toFixed(2)}`),
        onHover: (index, x, y) => showTip(tip, lassoing ? -1 : index, x, y),
        onDraw: () => (plane.dataset.drawn = String(points.n)),
      });
      cloud.enabled = !lassoing;
      plane.append(overlay, tip);
    }
    cloud.place(positions);
    return recolour();
  }

  addEventListener('selected', () => cloud && recolour(false), { signal });
  let hovered = -1;
  async function showTip(tip, index, x, y) {
    if (index < 0) {
      tip.hidden = true;
      hovered = -1;
      return;
    }
    tip.style.left = `${Math.min(x + 14, plane.clientWidth - 200)}px`;
    tip.style.top = `${Math.min(y + 14, plane.clientHeight - 190)}px`;
    if (index === hovered) return;
    hovered = index;
    const id = points.ids[index];
    const moment = { id, video: points.videos[index], start: points.start[index], end: points.start[index] + 1 };
    tip.replaceChildren(
      reel(moment, { onclick: null, at: true }),
      h(
        'div',
        {},
        all.static.length
          ? [
              h('span.look', {}, nameOf('static', points.look[index])),
              ' · ',
              h('span.motion', {}, nameOf('dynamic', points.motion[index])),
            ]
          : '',
      ),
      points.class[index] < 65535 ? h('div.soft', {}, about.classes[points.class[index]]) : '',
    );
    tip.hidden = false;
  }

  async function recolour(tell = true) {
    const asked = paint,
      found = await kindsOf(points, paint, about);
    if (signal.aborted || asked !== paint) return;
    kinds = found;
    colours = new Uint8Array(4 * points.n);
    const groups = new Map();
    for (let i = 0; i < points.n; i++) {
      let shade;
      if (kinds.ramp) shade = warm(kinds.ramp(i));
      else {
        const key = kinds.of[i];
        if (!groups.has(key)) groups.set(key, { colour: kinds.colourOf(key), n: 0 });
        groups.get(key).n++;
        shade = groups.get(key).colour;
      }
      const faint = selection.moments.size > 0 && !selection.has(points.ids[i]);
      colours.set([...shade, only !== null && kinds.of[i] !== only ? 22 : faint ? 48 : 215], 4 * i);
    }
    if (tell) showLegend(groups);
    cloud.paint(colours, points.n > 50000 ? 1.3 : points.n > 8000 ? 1.9 : points.n > 1500 ? 2.8 : 4.5);
  }

  function showLegend(groups) {
    const pick = key => {
      only = only === key ? null : key;
      recolour();
    };
    legend.replaceChildren(...legendOf(kinds, groups, only, pick));
  }

  function select(polygon) {
    const found = [];
    for (let i = 0; i < points.n; i++) {
      if (only !== null && kinds.of[i] !== only) continue;
      const [x, y] = cloud.at(i);
      if (isInside(polygon, x, y)) found.push(i);
    }
    setLasso(false);
    if (!found.length) {
      toast('There is no moment inside.');
      return;
    }
    selection.set(found.map(i => ({ id: points.ids[i] })));
    showChosen(found);
  }

  async function showChosen(found) {
    chosen.replaceChildren(h('div.card', {}, h('h3', {}, `${plural(found.length, 'moment')} inside`), loading()));
    const step = Math.max(1, Math.floor(found.length / 12));
    const some = found.filter((_, i) => i % step === 0).slice(0, 12);
    const { moments } = await api(`moments?ids=${some.map(i => points.ids[i]).join(',')}`);
    const top = (kind, of) => {
      const n = new Map();
      for (const i of found) n.set(of[i], (n.get(of[i]) ?? 0) + 1);
      return [...n]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 3)
        .map(([k, v]) =>
          h(
            'a.chip',
            {
              class: kind === 'static' ? 'look' : 'motion',
              href: `/concept/${kind}/${k}`,
              'data-link': true,
            },
            `${nameOf(kind, k)} ${percent(v / found.length)}`,
          ),
        );
    };
    const sample = grid(moments);
    sample.style.gridTemplateColumns = '1fr 1fr';
    chosen.replaceChildren(
      h(
        'div.card.stack',
        { style: { gap: '10px' } },
        h('h3', {}, `${plural(found.length, 'moment')} inside`),
        all.static.length ? h('div.chips', {}, top('static', points.look), top('dynamic', points.motion)) : '',
        sample,
      ),
    );
  }
  plane.addEventListener('keydown', event => {
    if (event.key === 'Escape' && lassoing) {
      event.stopPropagation();
      setLasso(false);
    }
    if (event.key === 'l' || event.key === 'L') setLasso(!lassoing);
    const moved = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (!cloud || (!moved && event.key !== '+' && event.key !== '-')) return;
    event.preventDefault();
    if (moved) cloud.pan(...moved);
    else cloud.zoom(event.key === '+' ? Math.SQRT2 : Math.SQRT1_2);
  });
}
