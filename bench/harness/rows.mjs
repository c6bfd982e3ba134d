/**
 * A row is one figure: `name` (the key of its goal), `title`, `value` in `unit`, and `details`, the values it was computed
 * from. If a row could not be measured, `skipped` has the reason and there is no value.
 */

/** How many times as fast as a rival: the rival's time divided by ours. */
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
