// Reels, moments whose pictures move, and grids of them.
import { api, count, empty, fault, h, pathOf, state, time } from './core.js';
import { selection } from './selection.js';

const still = matchMedia('(prefers-reduced-motion: reduce)');
const reels = new Set();
const seen = new IntersectionObserver(
  entries => {
    for (const entry of entries) {
      entry.target.reel.visible = entry.isIntersecting;
      if (entry.isIntersecting) load(entry.target.reel);
    }
  },
  { rootMargin: '200px' },
);

function load(reel) {
  if (reel.image) return;
  reel.image = new Image();
  reel.image.decoding = 'async';
  reel.image.onload = () => {
    reel.width = (reel.image.naturalWidth - 2 * (reel.frames - 1)) / reel.frames;
    reel.shown = -1;
    reel.element.classList.add('ready');
    if (reel.lit) reel.changes = light(reel);
    draw(reel, 0);
  };
  reel.image.onerror = () => {
    if (!reel.element.querySelector('.none')) reel.element.append(h('span.none', {}, 'no picture'));
  };
  reel.image.src = reel.source;
}

/** The strip in grey, and in colour what changes from one picture to the next: what a motion is read from. */
function light(reel) {
  const canvas = document.createElement('canvas'),
    { image } = reel;
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height),
    { data } = pixels,
    grey = new Uint8Array(data.length / 4),
    change = new Float32Array(grey.length),
    step = reel.width + 2;
  for (let i = 0; i < grey.length; i++)
    grey[i] = (77 * data[4 * i] + 150 * data[4 * i + 1] + 29 * data[4 * i + 2]) >> 8;
  const wide = canvas.width,
    means = new Float32Array(reel.frames); // where all changes, by a cut or a lamp, the most of it is lit alone
  for (let i = 0; i < grey.length; i++) {
    const other = (i % wide) + step < wide ? i + step : reel.frames > 1 ? i - step : i;
    change[i] = Math.abs(grey[i] - grey[other]);
    means[Math.min(reel.frames - 1, Math.floor((i % wide) / step))] += change[i] / (reel.width * canvas.height);
  }
  for (let i = 0; i < grey.length; i++) {
    // of a place and its neighbours: single pixels are noise
    const mean =
        (2 * change[i] +
          (change[i - 1] ?? 0) +
          (change[i + 1] ?? 0) +
          (change[i - wide] ?? 0) +
          (change[i + wide] ?? 0)) /
        6,
      part = Math.max(
        0,
        Math.min(1, (mean - 8 - means[Math.min(reel.frames - 1, Math.floor((i % wide) / step))]) / 22),
      ),
      rest = (1 - part) * (40 + 0.62 * grey[i]);
    data[4 * i] = rest + 255 * part;
    data[4 * i + 1] = rest + 138 * part;
    data[4 * i + 2] = rest + 32 * part;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function draw(reel, frame) {
  const { canvas } = reel,
    filmed = !reel.changes || reel.held.matches(':hover, :focus-within'),
    shown = filmed ? frame : frame + 1000;
  if (!reel.width || shown === reel.shown || !canvas.clientWidth) return;
  reel.shown = shown;
  const ratio = Math.min(2, devicePixelRatio || 1);
  const w = Math.max(1, Math.round(canvas.clientWidth * ratio)),
    high = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== w || canvas.height !== high) {
    canvas.width = w;
    canvas.height = high;
  }
  const context = canvas.getContext('2d');
  const fw = reel.width,
    fh = reel.image.naturalHeight;
  const scale = Math.max(w / fw, high / fh); // cover; what is far from it is shown whole
  const fit = scale > 1.6 * Math.min(w / fw, high / fh) ? Math.min(w / fw, high / fh) : scale;
  context.clearRect(0, 0, w, high);
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    filmed ? reel.image : reel.changes,
    frame * (fw + 2),
    0,
    fw,
    fh,
    (w - fw * fit) / 2,
    (high - fh * fit) / 2,
    fw * fit,
    fh * fit,
  );
}

setInterval(() => {
  if (document.hidden) return;
  const now = performance.now();
  for (const reel of reels) {
    if (!reel.element.isConnected) {
      if (reel.placed) {
        reels.delete(reel);
        seen.unobserve(reel.element);
      }
      continue;
    }
    if (!reel.placed) {
      reel.placed = true;
      reel.held = reel.element.closest('.concept, .moment') ?? reel.element;
    }
    if (!reel.visible || !reel.width) continue;
    if (still.matches && !reel.held.matches(':hover, :focus-within')) {
      draw(reel, 0);
      continue;
    }
    const beat = Math.max(140, Math.min(420, (1000 * reel.seconds) / reel.frames));
    draw(reel, Math.min(reel.frames - 1, Math.floor(now / beat + reel.phase) % (reel.frames + 1)));
  }
}, 70);
addEventListener('resize', () => {
  for (const reel of reels) reel.shown = -1;
});

/** A moving strip. Opens the video at its time, or does what onclick says; lit: shows what changes till pointed at. */
export function reel(moment, { onclick, label, at = true, small = false, lit = false } = {}) {
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  const address = `/video/${moment.video}?t=${moment.start.toFixed(2)}`;
  const words = label ?? `${moment.path ?? 'moment ' + moment.id}, ${time(moment.start)} to ${time(moment.end)}`;
  const element =
    onclick === null
      ? h('span.reel', label === '' ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': words }, canvas)
      : onclick
        ? h('button.reel', { type: 'button', onclick, 'aria-label': words }, canvas)
        : h('a.reel', { href: address, 'data-link': true, 'aria-label': words }, canvas);
  if (at && !small) element.append(h('span.at', { 'aria-hidden': 'true' }, time(moment.start)));
  if (!state.library.strip) element.append(h('span.none', {}, small ? '' : `${(moment.path ?? '').split('/').pop()}`));
  element.reel = {
    element,
    canvas,
    lit,
    held: element,
    frames: state.library.stripFrames,
    seconds: Math.max(0.3, moment.end - moment.start),
    source: moment.strip ?? `/api/strips/${moment.id}?v=${state.library.version}`,
    phase: (moment.id * 0.618) % 4,
    shown: -1,
  };
  if (state.library.strip) {
    reels.add(element.reel);
    seen.observe(element);
  }
  return element;
}

/** A moment with its name, times, and a box to pick it. */
export function card(moment, { note, extra, lit } = {}) {
  const pick = h(
    'button.pick',
    {
      type: 'button',
      'aria-pressed': String(selection.has(moment.id)),
      'aria-label': `Select ${moment.path} ${time(moment.start)}`,
      onclick: event => {
        event.preventDefault();
        selection.toggle(moment, event.shiftKey);
      },
    },
    '✓',
  );
  return h(
    'figure.moment',
    { data: { moment: moment.id, ...(selection.has(moment.id) ? { picked: '' } : {}) } },
    reel(moment, { lit }),
    pick,
    h(
      'figcaption',
      {},
      pathOf(moment.path),
      note ?? `${time(moment.hitStart ?? moment.start)} – ${time(moment.hitEnd ?? moment.end)}`,
      moment.tags?.length
        ? h(
            'span.chips',
            {},
            moment.tags.map(tag =>
              h('a.chip.tag', { href: `/tags?tag=${encodeURIComponent(tag)}`, 'data-link': true }, tag),
            ),
          )
        : null,
      extra,
    ),
  );
}
export function grid(moments, options = {}) {
  return h(
    'div.moments',
    { class: options.big ? 'big' : '' },
    moments.map(m => card(m, { note: options.note?.(m), extra: options.extra?.(m), lit: options.lit })),
  );
}

/** A grid that grows: fetch(skip) → { total, moments }. */
export function growing(fetch, options = {}) {
  const box = h('div'),
    place = h('div.moments', { class: options.big ? 'big' : '' }),
    more = h('div.more');
  let shown = 0;
  async function next() {
    more.replaceChildren(h('span.spin', { role: 'status', 'aria-label': 'Loading' }));
    try {
      const { total, moments } = await fetch(shown);
      shown += moments.length;
      place.append(
        ...moments.map(m => card(m, { note: options.note?.(m), extra: options.extra?.(m), lit: options.lit })),
      );
      if (total === 0) box.replaceChildren(empty(options.none ?? 'There are no such moments.'));
      more.replaceChildren(
        shown < total && moments.length
          ? h('button', { type: 'button', onclick: next }, `More (${count(total - shown)})`)
          : '',
      );
    } catch (problem) {
      more.replaceChildren(fault(problem, next));
    }
  }
  box.append(place, more);
  next();
  return box;
}
