import { buildTruststore, verifyChain } from 'portcullis'
import { bytesOf } from './harness.mjs'
import { median, rounds } from './rounds.mjs'

/**
 * Prepares the measurement of new P-256 clients. Each round verifies every client once, with a new and warm truststore. The
 * first rounds warm up the engine. The caller measures the time of the function that a round returns.
 *
 * @returns {() => () => number} builds the truststore of a round, and returns the function to measure; that one verifies all
 *   clients and returns their number
 */
export function prepareRounds({ root, clients }) {
  const chains = clients.map(bytesOf)
  return () => {
    const store = buildTruststore(root)
    store.warmUp()
    return () => {
      for (const chain of chains) if (!verifyChain(store, chain).ok) throw new Error('a valid client was rejected')
      return chains.length
    }
  }
}

/** µs per client: the median of rounds. */
export function measure(fixtures, now) {
  const prepare = prepareRounds(fixtures)
  const times = []
  for (let round = 0; round < rounds.toWarmUp + rounds.toMeasure; round++) {
    const judge = prepare()
    const start = now()
    const count = judge()
    const time = ((now() - start) * 1000) / count
    if (round >= rounds.toWarmUp) times.push(time)
  }
  return median(times)
}
