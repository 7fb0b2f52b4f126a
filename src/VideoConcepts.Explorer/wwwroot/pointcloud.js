// Many points on a canvas, drawn pixel by pixel: 100 000 of them in some milliseconds, with a GPU or without.
import { h } from './core.js';

const zoomed = 9, // how often the scale of the whole can be doubled
  smooth = 30000; // fewer points than these are drawn finely

/**
 * A canvas in an element. Told are onClick(index), onHover(index or -1, x, y) and, after it has drawn, onDraw().
 * Places on it: x = width / 2 + (px - centre x) · scale, and y the other way round, in CSS pixels.
 */
export class PointCloud {
  constructor(element, { onClick, onHover, onDraw, signal }) {
    this.element = element;
    this.told = { onClick, onHover, onDraw };
    this.canvas = h('canvas', { 'aria-hidden': 'true' });
    element.prepend(this.canvas);
    this.positions = new Float32Array();
    this.colours = new Uint8Array();
    this.radius = 2;
    this.view = null;
    this.enabled = true;
    this.pointers = new Map();
    const sized = new ResizeObserver(() => this.draw());
    sized.observe(element);
    signal.addEventListener('abort', () => sized.disconnect());
    this.listen();
  }

  /** x and y of each point; the first time, the whole is shown. */
  place(positions) {
    this.positions = positions;
    this.all();
  }

  /** r, g, b, a of each point; what is hardly to be seen lies below. */
  paint(colours, radius) {
    this.colours = colours;
    this.radius = radius;
    const n = colours.length / 4,
      dim = [],
      bright = [];
    for (let i = 0; i < n; i++) (colours[4 * i + 3] < 100 ? dim : bright).push(i);
    this.order = Uint32Array.from(dim.concat(bright));
    this.draw();
  }

  /** Shows all points. */
  all() {
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < this.positions.length; i += 2) {
      left = Math.min(left, this.positions[i]);
      right = Math.max(right, this.positions[i]);
      low = Math.min(low, this.positions[i + 1]);
      high = Math.max(high, this.positions[i + 1]);
    }
    const { clientWidth, clientHeight } = this.element;
    const scale =
      0.92 * Math.min(clientWidth / Math.max(1e-6, right - left), clientHeight / Math.max(1e-6, high - low));
    this.whole = scale;
    this.view = { x: (left + right) / 2, y: (low + high) / 2, scale };
    this.draw();
  }

  /** Where a point is, in CSS pixels from the corner of the element. */
  at(index) {
    const { x, y, scale } = this.view;
    return [
      this.element.clientWidth / 2 + (this.positions[2 * index] - x) * scale,
      this.element.clientHeight / 2 - (this.positions[2 * index + 1] - y) * scale,
    ];
  }

  /** Moves what is seen by CSS pixels. */
  pan(dx, dy) {
    this.view.x -= dx / this.view.scale;
    this.view.y += dy / this.view.scale;
    this.draw();
  }

  /** Makes it larger by a factor; the place (x, y) stays where it is. */
  zoom(factor, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2) {
    const { view } = this;
    const scale = Math.max(this.whole / 4, Math.min(this.whole * 2 ** zoomed, view.scale * factor));
    const [cx, cy] = [x - this.element.clientWidth / 2, this.element.clientHeight / 2 - y];
    view.x += cx / view.scale - cx / scale;
    view.y += cy / view.scale - cy / scale;
    view.scale = scale;
    this.draw();
  }

  /** The point nearest to a place, within 7 pixels, or -1. */
  nearest(x, y) {
    let found = -1,
      least = 49;
    const { positions, view, element } = this;
    const px = view.x + (x - element.clientWidth / 2) / view.scale,
      py = view.y - (y - element.clientHeight / 2) / view.scale;
    for (let i = 0; i < positions.length / 2; i++) {
      if (this.colours[4 * i + 3] < 100) continue;
      const dx = (positions[2 * i] - px) * view.scale,
        dy = (positions[2 * i + 1] - py) * view.scale,
        apart = dx * dx + dy * dy;
      if (apart < least) [least, found] = [apart, i];
    }
    return found;
  }

  /** Draws before the next picture, however often it is asked to. */
  draw() {
    this.asked ??= requestAnimationFrame(() => {
      this.asked = null;
      this.drawNow();
    });
  }

  drawNow() {
    if (!this.view || !this.order) return;
    // few points are drawn twice as large and made smaller by the browser, which makes discs of them
    const ratio = this.order.length < smooth ? 2 : Math.min(2, devicePixelRatio || 1);
    const w = Math.max(1, Math.round(this.element.clientWidth * ratio)),
      high = Math.max(1, Math.round(this.element.clientHeight * ratio));
    if (this.canvas.width !== w || this.canvas.height !== high) {
      this.canvas.width = w;
      this.canvas.height = high;
    }
    if (this.image?.width !== w || this.image?.height !== high) this.image = new ImageData(w, high);
    const pixels = new Uint32Array(this.image.data.buffer),
      shades = new Uint32Array(this.colours.buffer),
      { positions, view, order } = this;
    pixels.fill(0);
    const scale = view.scale * ratio,
      left = w / 2 - view.x * scale,
      top = high / 2 + view.y * scale,
      disc = discOf(this.radius * ratio),
      reach = Math.ceil(this.radius * ratio);
    for (const i of order) {
      const x = Math.round(left + positions[2 * i] * scale),
        y = Math.round(top - positions[2 * i + 1] * scale);
      if (x < reach || y < reach || x >= w - reach || y >= high - reach) continue;
      const middle = y * w + x,
        shade = shades[i];
      for (let k = 0; k < disc.length; k += 2) pixels[middle + disc[k] + disc[k + 1] * w] = shade;
    }
    this.canvas.getContext('2d').putImageData(this.image, 0, 0);
    this.told.onDraw?.();
  }

  listen() {
    const { element, pointers } = this;
    const place = event => {
      const box = element.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    let moved = 0;
    this.canvas.addEventListener('pointerdown', event => {
      if (!this.enabled) return;
      this.canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, place(event));
      moved = 0;
    });
    this.canvas.addEventListener('pointermove', event => {
      const [x, y] = place(event);
      const before = pointers.get(event.pointerId);
      if (!before) {
        if (this.enabled && this.view) this.told.onHover(this.nearest(x, y), x, y);
        return;
      }
      moved += Math.abs(x - before[0]) + Math.abs(y - before[1]);
      if (pointers.size === 2) this.pinch(event.pointerId, [x, y]);
      else this.pan(x - before[0], y - before[1]);
      pointers.set(event.pointerId, [x, y]);
      this.told.onHover(-1, x, y);
    });
    const ended = event => {
      if (!pointers.delete(event.pointerId) || event.type !== 'pointerup' || moved > 4) return;
      const index = this.nearest(...place(event));
      if (index >= 0) this.told.onClick(index);
    };
    this.canvas.addEventListener('pointerup', ended);
    this.canvas.addEventListener('pointercancel', ended);
    this.canvas.addEventListener('pointerleave', () => this.told.onHover(-1, 0, 0));
    element.addEventListener(
      'wheel',
      event => {
        if (!this.view) return;
        event.preventDefault();
        this.zoom(2 ** (-event.deltaY / (event.deltaMode ? 8 : 240)), ...place(event));
      },
      { passive: false },
    );
  }

  // Two fingers: what is between them stays between them.
  pinch(moving, to) {
    const [id, other] = [...this.pointers].find(([key]) => key !== moving),
      from = this.pointers.get(moving);
    if (id === undefined) return;
    const apart = (a, b) => Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1]));
    this.zoom(apart(to, other) / apart(from, other), (to[0] + other[0]) / 2, (to[1] + other[1]) / 2);
    this.pan((to[0] - from[0]) / 2, (to[1] - from[1]) / 2);
  }
}

// The pixels of a disc, as x and y from its middle, one after another.
function discOf(radius) {
  const reach = Math.ceil(radius),
    pixels = [];
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) if (x * x + y * y <= radius * radius + 0.3) pixels.push(x, y);
  return Int32Array.from(pixels);
}
