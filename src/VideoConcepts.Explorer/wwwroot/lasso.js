// A line that is drawn around points.
const svg = name => document.createElementNS('http://www.w3.org/2000/svg', name);

/** Whether a place is within a polygon of [x, y]. */
export function isInside(polygon, x, y) {
  let inside = false;
  for (let a = 0, b = polygon.length - 1; a < polygon.length; b = a++) {
    const [ax, ay] = polygon[a],
      [bx, by] = polygon[b];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Lies over an element; done is told the polygon. */
export function lassoOver(element, done) {
  const overlay = svg('svg'),
    line = svg('polygon');
  overlay.append(line);
  let path = [];
  const at = event => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const show = () => line.setAttribute('points', path.map(p => p.join(',')).join(' '));
  overlay.addEventListener('pointerdown', event => {
    overlay.setPointerCapture(event.pointerId);
    path = [at(event)];
  });
  overlay.addEventListener('pointermove', event => {
    if (!path.length) return;
    path.push(at(event));
    show();
  });
  overlay.addEventListener('pointerup', () => {
    const drawn = path;
    path = [];
    show();
    if (drawn.length > 2) done(drawn);
  });
  return overlay; // it takes the pointer where its style lets it
}
