// What the lanes under a video show: the concepts of its moments, and its tags.
import { colour, nameOf, rgb } from './core.js';

/** The name of a concept in each stretch that has room for it. */
function names(video, context, w, high, kind, of) {
  const ratio = Math.min(2, devicePixelRatio || 1),
    edge = i => {
      const m = video.moments[i],
        next = video.moments[i + 1];
      return next ? (m.start + m.end + next.start + next.end) / 4 : m.end;
    };
  context.font = `600 ${12 * ratio}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  for (let from = 0, i = 0; i < video.moments.length; i++) {
    if (i + 1 < video.moments.length && of(video.moments[i + 1]) === of(video.moments[from])) continue;
    const text = nameOf(kind, of(video.moments[from])),
      left = (w * (from ? edge(from - 1) : video.moments[0].start)) / video.seconds,
      room = (w * edge(i)) / video.seconds - left;
    if (context.measureText(text).width + 14 * ratio < room) {
      context.lineWidth = 3 * ratio;
      context.strokeStyle = '#000a';
      context.strokeText(text, left + 7 * ratio, high / 2);
      context.fillStyle = '#fff';
      context.fillText(text, left + 7 * ratio, high / 2);
    }
    from = i + 1;
  }
}
/** A colour for the concept of each moment, stronger where it stands out more. */
export const blocks = (video, kind, of) =>
  Object.assign(
    (context, w, high) => {
      video.moments.forEach((m, i) => {
        const middle = (m.start + m.end) / 2,
          before = video.moments[i - 1],
          after = video.moments[i + 1];
        const a = before ? (middle + (before.start + before.end) / 2) / 2 : m.start,
          b = after ? (middle + (after.start + after.end) / 2) / 2 : m.end;
        context.fillStyle = rgb(colour(of(m), kind));
        context.globalAlpha = Math.max(
          0.35,
          Math.min(1, 0.35 + (kind === 'static' ? m.lookStrength : m.motionStrength) / 5),
        );
        context.fillRect((w * a) / video.seconds, 0, Math.max(1, (w * (b - a)) / video.seconds + 0.5), high);
      });
      context.globalAlpha = 1;
      names(video, context, w, high, kind, of);
    },
    { title: m => nameOf(kind, of(m)) },
  );

/** The parts of a video that have a tag, a colour for each. */
export const marks = video =>
  Object.assign(
    (context, w, high) => {
      const names = [...new Set(video.tags.map(t => t.tag))];
      for (const t of video.tags) {
        context.fillStyle = rgb(colour(names.indexOf(t.tag) + 3));
        context.fillRect(
          (w * t.start) / video.seconds,
          3,
          Math.max(2, (w * (t.end - t.start)) / video.seconds),
          high - 6,
        );
      }
    },
    {
      title: (_, t) =>
        video.tags
          .filter(x => x.start <= t && t <= x.end)
          .map(x => x.tag)
          .join(', ') || 'no tag',
    },
  );
