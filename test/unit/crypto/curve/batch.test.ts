import { describe, expect, it } from 'vitest'
import { Accumulator, Batch } from '../../../../src/crypto/curve/accumulator.ts'
import { curveNames } from '../../../../src/crypto/curve/curves.ts'
import { groupOf } from '../../../../src/crypto/curve/group.ts'
import { enterPoint, leaveNumber, multipleOf } from '../../../support/curve-points.ts'

describe.each(curveNames)('points of %s made affine together', (curve) => {
  const { field } = groupOf(curve)
  const batch = new Batch(field, 5)

  it.each([0, 1, 2, 5, 3])('are handed out with their places, %i of them, last one first', (count) => {
    const [x, y] = enterPoint(field, multipleOf(curve, 1n))
    const sum = new Accumulator(field)
    sum.setAffine(x, y)
    sum.double()
    for (let i = 0; i < count; i++) {
      sum.add(x, y)
      batch.add(sum)
    }
    const places: number[] = []
    batch.drain((i, affineX, affineY) => {
      places.push(i)
      const wanted = multipleOf(curve, BigInt(i + 3)).toAffine()
      expect([leaveNumber(curve, field, affineX), leaveNumber(curve, field, affineY)]).toEqual([wanted.x, wanted.y])
    })
    expect(places).toEqual(Array.from({ length: count }, (_, i) => count - 1 - i))
    expect(batch.count).toBe(0)
  })
})
