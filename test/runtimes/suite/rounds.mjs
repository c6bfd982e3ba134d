/** Rounds before the measurement, and rounds that are measured. */
export const rounds = { toWarmUp: 10, toMeasure: 15 }

export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
}
