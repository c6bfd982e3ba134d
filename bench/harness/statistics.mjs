/** The middle of the samples: what one slow moment of the machine does not move. */
export function median(samples) {
  const sorted = Float64Array.from(samples).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
