// What the points of the map are, where all of them are seen, and what they are coloured by.
import { api, colour, count, h, nameOf, plural, query, rgb, state } from './core.js';
import { reel } from './reels.js';

/** Of light grey over orange to red, t from 0 to 1. */
export function warm(t) {
  const stops = [
    [186, 194, 203],
    [230, 159, 0],
    [190, 40, 20],
  ];
  const x = Math.min(1.999, 2 * t),
    i = Math.floor(x);
  return stops[i].map((v, k) => Math.round(v + (x - i) * (stops[i + 1][k] - v)));
}

/**
 * Either of kinds: `of` says which kind each point is of, `colourOf` and `name` (null: too many to name) tell of a
 * kind; or a ramp: `ramp(i)` is 0 to 1, and `ends` says what those are.
 */
export async function kindsOf(points, paint, about) {
  const of = new Int32Array(points.n);
  const [what, ...rest] = paint.split(':'),
    value = rest.join(':');
  if (paint === 'look' || paint === 'motion') {
    const kind = paint === 'look' ? 'static' : 'dynamic';
    of.set(points[paint]);
    return { of, kind, name: n => nameOf(kind, n), colourOf: n => colour(n, kind) };
  }
  if (paint === 'class') {
    of.set(points.class);
    const none = 65535;
    return {
      of,
      name: n => (n === none ? 'no class' : about.classes[n]),
      colourOf: n => (n === none ? [140, 140, 140] : colour(n)),
    };
  }
  if (paint === 'video') {
    const order = new Map();
    points.videos.forEach((video, i) => {
      if (!order.has(video)) order.set(video, order.size);
      of[i] = order.get(video);
    });
    return { of, name: null, colourOf: n => colour(n) };
  }
  if (paint === 'time') {
    const longest = points.start.reduce((a, b) => Math.max(a, b), 1e-6);
    return { of, ramp: i => points.start[i] / longest, ends: ['beginning', 'end'] };
  }
  if (what === 'tag') {
    const tagged = new Set((await api(`tags/moments?${query({ tag: value })}`)).ids);
    points.ids.forEach((id, i) => (of[i] = tagged.has(id) ? 1 : 0));
    return {
      of,
      name: n => (n ? value : 'the others'),
      colourOf: n => (n ? [213, 94, 0] : [150, 155, 160]),
    };
  }
  const strengths = new Float32Array(await api(`strengths/${what}/${value}`, { type: 'bytes' }));
  return { of, ramp: i => Math.max(0, Math.min(1, strengths[i] / 4)), ends: ['not there', 'stands out by 4 σ'] };
}

/** All moments as columns of numbers. */
export async function pointsOf(signal) {
  const bytes = await api('points', { type: 'bytes', signal }),
    n = new Int32Array(bytes, 0, 1)[0];
  let at = 4;
  const take = (Type, size) => {
    const part = new Type(bytes.slice(at, at + n * size));
    at += n * size;
    return part;
  };
  return {
    n,
    ids: take(Int32Array, 4),
    videos: take(Int32Array, 4),
    start: take(Float32Array, 4),
    lookStrength: take(Float32Array, 4),
    motionStrength: take(Float32Array, 4),
    look: take(Uint16Array, 2),
    motion: take(Uint16Array, 2),
    class: take(Uint16Array, 2),
  };
}

/** What a colour stands for; pick is told the kind that alone is to be seen. */
export function legendOf(kinds, groups, only, pick) {
  const swatch = shade => h('span.swatch', { style: { background: rgb(shade) } });
  if (kinds.ramp) return [h('div.row', {}, swatch(warm(0)), kinds.ends[0], swatch(warm(1)), kinds.ends[1])];
  if (!kinds.name) return [h('p.soft', {}, `${plural(groups.size, 'video')}, each in a colour of its own.`)];
  const strip = key =>
    reel(state.concepts[kinds.kind][key].strongest[0], {
      small: true,
      onclick: null,
      label: '',
      lit: kinds.kind === 'dynamic',
    });
  return [...groups]
    .sort((x, y) => y[1].n - x[1].n)
    .slice(0, 60)
    .map(([key, group]) =>
      h(
        'button',
        { type: 'button', 'aria-pressed': String(only === key), title: 'Only these', onclick: () => pick(key) },
        swatch(group.colour),
        kinds.kind ? strip(key) : '',
        kinds.name(key),
        h('span.n', {}, count(group.n)),
      ),
    );
}
