import { Span } from '../../bytes/span.ts'
import { Accumulator } from './accumulator.ts'
import { type CurveName, curves } from './curves.ts'
import { Field } from './field.ts'
import { isBelow, type Limbs, limbsOf, readLimbs } from './limbs.ts'
import { Scalars } from './scalars.ts'

/** A curve with everything that computing on it needs: field, scalars, generator, and working memory. */
export interface Group {
  readonly curve: CurveName
  readonly field: Field
  readonly scalars: Scalars
  /** Bytes of a coordinate, and of r and s. */
  readonly bytes: number
  readonly generatorX: Limbs
  readonly generatorY: Limbs
  readonly three: Limbs
  /** −b, the negated coefficient of the curve. */
  readonly minusB: Limbs
  /** p − n. If r is below it, the x-coordinate may be r + n. */
  readonly gap: Limbs
  /** Working memory. It is shared, because verifications run one at a time and keep nothing in it. */
  readonly scratch: {
    readonly sum: Accumulator
    readonly x: Limbs
    readonly y: Limbs
    readonly r: Limbs
    readonly s: Limbs
    readonly e: Limbs
    readonly u1: Limbs
    readonly u2: Limbs
  }
}

const groups = new Map<CurveName, Group>()

/** The group of a curve, built on first use. */
export function groupOf(curve: CurveName): Group {
  let group = groups.get(curve)
  if (group === undefined) {
    group = makeGroup(curve)
    groups.set(curve, group)
  }
  return group
}

function makeGroup(curve: CurveName): Group {
  const { p, n, b, x, y, bytes, kernels } = curves[curve]
  const field = new Field(kernels, p)
  const { limbs } = field
  const enter = (value: bigint): Limbs => {
    const out = limbsOf(value, limbs)
    field.enter(out, out)
    return out
  }
  const blank = (): Limbs => new Float64Array(limbs)
  return {
    curve,
    field,
    scalars: new Scalars(n, limbs),
    bytes,
    generatorX: enter(x),
    generatorY: enter(y),
    three: enter(3n),
    minusB: enter(p - b),
    gap: limbsOf(p - n, limbs),
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

/**
 * Reads an uncompressed point (SEC 1 2.3.3) into x and y, in Montgomery form.
 *
 * @returns whether the bytes are a point on the curve, with both coordinates below p
 */
export function readPoint(group: Group, x: Limbs, y: Limbs, { bytes, start, end }: Span): boolean {
  const { field, scratch, bytes: width } = group
  if (end - start !== 2 * width + 1 || bytes[start] !== 0x04) return false
  readLimbs(x, new Span(bytes, start + 1, start + 1 + width))
  readLimbs(y, new Span(bytes, start + 1 + width, end))
  if (!isBelow(x, field.prime) || !isBelow(y, field.prime)) return false
  field.enter(x, x)
  field.enter(y, y)
  // y² − ((x² − 3)·x + b)
  const { u1: left, u2: right } = scratch
  field.squareSubtract(right, x, group.three, field.zero)
  field.multiplySubtract(right, right, x, group.minusB)
  field.squareSubtract(left, y, right, field.zero)
  return field.isZero(left, right)
}

/** Whether the bytes are an uncompressed point on the curve. */
export function isOnCurve(curve: CurveName, point: Span): boolean {
  const group = groupOf(curve)
  return readPoint(group, group.scratch.x, group.scratch.y, point)
}
