/**
 * A row is one figure: `name` (goals are found by it), `title`, `value` in `unit`, and `details`, the values it was made of.
 * A row that could not be measured has the reason as `skipped` in place of a value.
 */

/** How many times as fast as a rival: the rival's time in ours. */
export function faster(name, title, results, own, rival) {
  return {
    name,
    title,
    value: results.get(rival).ratio / results.get(own).ratio,
    unit: '×',
    details: [own, rival].map((lane) => ({ name: lane, value: results.get(lane).microseconds, unit: 'µs' })),
  }
}

export function skipped(name, title, reason) {
  return { name, title, skipped: reason }
}
