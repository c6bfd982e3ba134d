import { Span } from '../../src/bytes/span.ts'
import { Accumulator, Batch } from '../../src/crypto/curve/accumulator.ts'
import { type CurveName, curves } from '../../src/crypto/curve/curves.ts'
import { type Group, readPoint } from '../../src/crypto/curve/group.ts'
import { type Limbs, limbsOf } from '../../src/crypto/curve/limbs.ts'
import type { Scalars } from '../../src/crypto/curve/scalars.ts'
import { BoundedField, type KernelCall, plainBounds } from './bounded-field.ts'

/** Bounds of every point that additions and doublings can produce. */
export interface BoundedPoints {
  readonly group: Group
  readonly sum: Accumulator
  readonly affineX: Limbs
  readonly affineY: Limbs
  /** How often the operations were applied until no bound grew. */
  readonly rounds: number
  readonly calls: readonly KernelCall[]
}

/**
 * Starts from points as they are read, applies every operation on points to the bounds of all points
 * found so far, and repeats this until no bound grows. The result holds for any sequence of operations: bounds only
 * grow with those that they are computed from. It throws if a kernel's input could be too large.
 */
export function boundedPoints(curve: CurveName): BoundedPoints {
  const group = boundedGroup(curve)
  const field = group.field as BoundedField
  const blank = (): Limbs => new Float64Array(field.limbs)
  const all = new Accumulator(field)
  all.isEmpty = false
  const [affineX, affineY, x, y] = [blank(), blank(), blank(), blank()]
  const batch = new Batch(field, 64)
  let grows = true
  const found = (into: Limbs, bounds: Limbs): void => {
    for (let i = 0; i < into.length; i++) {
      if (Math.abs(bounds[i]!) <= into[i]!) continue
      into[i] = Math.abs(bounds[i]!)
      grows = true
    }
  }
  const foundPoint = (point: Accumulator): void => {
    found(all.x, point.x)
    found(all.y, point.y)
    found(all.zz, point.zz)
    found(all.zzz, point.zzz)
  }
  const foundAffine = (): void => {
    found(affineX, x)
    found(affineY, y)
  }
  const { bytes } = curves[curve]
  if (
    !readPoint(
      { ...group, field: Object.assign(Object.create(field), { isZero: zero }) },
      x,
      y,
      new Span(anyPoint(bytes), 0, 2 * bytes + 1),
    )
  )
    throw new Error('readPoint has stopped on the way')
  foundAffine()
  const reading = field.calls.length
  let rounds = 0
  for (; grows; rounds++) {
    if (rounds > 100) throw new RangeError('bounds grow without end')
    grows = false
    // These bounds cover what was found with smaller ones.
    field.calls.length = reading
    const point = new Accumulator(field)
    point.setAffine(affineX, affineY)
    foundPoint(point)
    load(point, all)
    point.add(affineX, affineY)
    foundPoint(point)
    load(point, all)
    point.double()
    foundPoint(point)
    load(point, all)
    point.toAffine(x, y)
    foundAffine()
    while (batch.count < batch.size) batch.add(all)
    batch.drain((_index, fromX, fromY) => {
      x.set(fromX)
      y.set(fromY)
      foundAffine()
    })
  }
  return { group: withAnySum(group, all), sum: all, affineX, affineY, rounds, calls: field.calls }
}

/** Checks the range as usual, and returns true. */
function zero(this: BoundedField, a: Limbs, scratch: Limbs): boolean {
  BoundedField.prototype.isZero.call(this, a, scratch)
  return true
}

/** The encoding with the largest coordinates that bytes can have. */
function anyPoint(bytes: number): Uint8Array {
  return new Uint8Array(2 * bytes + 1).fill(0xff).fill(0x04, 0, 1)
}

function load(point: Accumulator, bounds: Accumulator): void {
  point.x.set(bounds.x)
  point.y.set(bounds.y)
  point.zz.set(bounds.zz)
  point.zzz.set(bounds.zzz)
  point.isEmpty = false
}

/** A group of bounds instead of numbers. Scalars have any limbs. */
function boundedGroup(curve: CurveName): Group {
  const { bytes, p, b } = curves[curve]
  const field = new BoundedField(curve)
  const { limbs } = field
  const blank = (): Limbs => new Float64Array(limbs)
  const entered = (plain: Limbs): Limbs => {
    const out = blank()
    field.enter(out, plain)
    return out
  }
  const divide = (u1: Limbs, u2: Limbs): void => {
    u1.set(plainBounds(curve))
    u2.set(plainBounds(curve))
  }
  return {
    curve,
    field,
    scalars: { limbs, order: field.prime, divide } as unknown as Scalars,
    bytes,
    generatorX: entered(plainBounds(curve)),
    generatorY: entered(plainBounds(curve)),
    three: entered(limbsOf(3n, limbs)),
    minusB: entered(limbsOf(p - b, limbs)),
    gap: field.prime,
    scratch: {
      sum: new Accumulator(field),
      x: blank(),
      y: blank(),
      r: blank(),
      s: blank(),
      e: blank(),
      u1: blank(),
      u2: blank(),
    },
  }
}

/** The same group, whose sum is any possible point after every operation. */
function withAnySum(group: Group, all: Accumulator): Group {
  class AnySum extends Accumulator {
    override add(x2: Limbs, y2: Limbs): void {
      super.add(x2, y2)
      load(this, all)
    }

    override double(): void {
      super.double()
      if (!this.isEmpty) load(this, all)
    }
  }
  return { ...group, scratch: { ...group.scratch, sum: new AnySum(group.field) } }
}
