import { buildTruststore, verifyChain } from 'portcullis'
import { bytesOf } from './harness.mjs'
import { median, rounds } from './rounds.mjs'

/**
 * The time that a new P-256 client costs. A round judges every client once, by a truststore that has seen none of them and
 * is warm; the engine is warm after the first rounds. Whoever has a clock takes the time of `judge`.
 *
 * @returns {() => () => number} makes the truststore of a round, and answers what is to be timed: it returns how many it judged
 */
export function prepareRounds({ root, clients }) {
  const chains = clients.map(bytesOf)
  return () => {
    const store = buildTruststore(root)
    store.warmUp()
    return () => {
      for (const chain of chains) if (!verifyChain(store, chain).ok) throw new Error('a good client was refused')
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
