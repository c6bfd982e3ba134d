import { buildTruststore, decodePem } from '../../dist/index.js'
import { fixture } from '../harness/fixture.mjs'
import { median } from '../harness/statistics.mjs'
import { firstBlocks } from './many-authorities.mjs'

/** Few rounds, because building a truststore of 100,000 CAs takes long. */
const rounds = 3
const smallBuilds = 2

/** Building a truststore of self-signed CAs from PEM bytes, with every self-signature checked, and its memory. */
export async function measure() {
  const { count, pem } = fixture('authorities')
  const large = Buffer.from(pem)
  const small = Buffer.from(firstBlocks(pem, count / 10))
  requireAll(small, count / 10)
  const heap = heapPerCertificate(small, count / 10)
  const times = { small: [], large: [] }
  const ratios = []
  for (let round = 0; round < rounds; round++) {
    const before = Array.from({ length: smallBuilds }, () => timeOf(small))
    const whole = timeOf(large)
    const after = Array.from({ length: smallBuilds }, () => timeOf(small))
    times.small.push(...before, ...after)
    times.large.push(whole)
    ratios.push(whole / median([...before, ...after]))
  }
  const largeHeap = heapPerCertificate(large, count)
  return [
    {
      name: 'time',
      title: 'time to build 100,000 CAs, relative to 10,000',
      value: median(ratios),
      unit: '×',
      details: [
        { name: '10,000', value: median(times.small), unit: 'ms' },
        { name: '100,000', value: median(times.large), unit: 'ms' },
      ],
    },
    {
      name: 'heap',
      title: 'memory per CA without its DER, with 100,000 CAs',
      value: largeHeap,
      unit: 'bytes',
      details: [{ name: 'with 10,000 CAs', value: heap, unit: 'bytes' }],
    },
  ]
}

function requireAll(pem, count) {
  const usable = buildTruststore(pem).certificates.length
  if (usable !== count) throw new Error(`only ${usable} of ${count} CAs are usable`)
}

function timeOf(pem) {
  globalThis.gc()
  const begin = performance.now()
  const store = buildTruststore(pem)
  const time = performance.now() - begin
  if (store.certificates.length === 0) throw new Error('an empty truststore')
  return time
}

/** Memory in use after a garbage collection: the heap and the buffers outside it. */
function heapPerCertificate(pem, count) {
  const bytes = decodePem(pem).value.reduce((sum, der) => sum + der.length, 0)
  const before = held()
  const store = buildTruststore(pem)
  const after = held()
  if (store.certificates.length !== count) throw new Error('not all CAs are usable')
  return (after - before - bytes) / count
}

function held() {
  for (let i = 0; i < 3; i++) globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
