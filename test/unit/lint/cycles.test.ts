import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cyclesIn } from '../../../src/lint/graph.ts'

type Edges = readonly (readonly number[])[]

function cycles(edges: Edges): ReadonlyMap<number, readonly number[]> {
  const nodes = edges.map((_, node) => node)
  return cyclesIn(nodes, (node) => edges[node]!)
}

/** Whether there is a way of at least one edge, by trying. */
function leads(edges: Edges, from: number, to: number): boolean {
  const seen = new Set<number>()
  const open = [...edges[from]!]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === to) return true
    if (seen.has(node)) continue
    seen.add(node)
    open.push(...edges[node]!)
  }
  return false
}

describe('cyclesIn', () => {
  it('finds circles and not what hangs on them', () => {
    const found = cycles([[1], [2], [0], [0], [4], []])
    expect([...found.keys()].sort()).toEqual([0, 1, 2])
    expect([...found.get(1)!].sort()).toEqual([0, 1, 2])
  })

  it('does not exhaust the stack', () => {
    const length = 100_000
    const ring = Array.from({ length }, (_, i) => [(i + 1) % length])
    expect(cycles(ring).size).toBe(length)
  })

  it('agrees with trying every pair', () => {
    const graphs = fc.integer({ min: 1, max: 7 }).chain((size) => {
      const targets = fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 3 })
      return fc.array(targets, { minLength: size, maxLength: size })
    })
    fc.assert(
      fc.property(graphs, (edges) => {
        const found = cycles(edges)
        for (const a of edges.keys()) {
          for (const b of edges.keys()) {
            const together = a !== b && leads(edges, a, b) && leads(edges, b, a)
            if (a !== b) expect(found.get(a)?.includes(b) ?? false).toBe(together)
          }
        }
      }),
    )
  })
})
