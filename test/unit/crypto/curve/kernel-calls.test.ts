import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type CurveName, curveNames, curves } from '../../../../src/crypto/curve/curves.ts'
import type { FieldKernels } from '../../../../src/crypto/curve/field.ts'
import type { Limbs } from '../../../../src/crypto/curve/limbs.ts'
import { TableBudget } from '../../../../src/crypto/curve/point-key.ts'
import { EcdsaKey } from '../../../../src/crypto/ecdsa.ts'
import { type KernelCall, type KernelName, plainBounds, planOf } from '../../../support/bounded-field.ts'
import { boundedPoints } from '../../../support/bounded-points.ts'

/**
 * The other half of bounds.test.ts: no real call of the library has operands beyond those that it proved to be
 * safe. A call that it did not foresee is found here.
 */

const watch = vi.hoisted(() => ({ see: (_curve: string, _kernel: string, _inputs: readonly ArrayLike<number>[]): void => {} }))

const watched = vi.hoisted(
  () =>
    (curve: string, kernels: FieldKernels): FieldKernels => ({
      ...kernels,
      multiplySubtract(out, a, b, c) {
        watch.see(curve, 'multiplySubtract', [a, b, c])
        kernels.multiplySubtract(out, a, b, c)
      },
      ...(kernels.squareSubtract && {
        squareSubtract(out: Limbs, a: Limbs, b: Limbs, c: Limbs) {
          watch.see(curve, 'squareSubtract', [a, b, c])
          kernels.squareSubtract?.(out, a, b, c)
        },
      }),
    }),
)

vi.mock('../../../../src/crypto/curve/curves.ts', async (original) => {
  const module = await original<typeof import('../../../../src/crypto/curve/curves.ts')>()
  const entries = Object.entries(module.curves).map(([name, curve]) => [
    name,
    { ...curve, kernels: watched(name, curve.kernels) },
  ])
  return { ...module, curves: Object.fromEntries(entries) }
})

/** The calls that are proven safe: among points, and for the comparison of a coordinate with r and r + n. */
function provenCalls(curve: CurveName): readonly KernelCall[] {
  const { group, sum, calls } = boundedPoints(curve)
  const { field } = group
  const difference = new Float64Array(field.limbs)
  for (const candidate of [plainBounds(curve), plainBounds(curve).map((limb) => 2 * limb)]) {
    field.enter(difference, candidate)
    field.multiplySubtract(difference, difference, sum.zz, sum.x)
    field.isZero(difference, difference)
  }
  return calls
}

describe.each(curveNames)('%s', (curve) => {
  const seen = { calls: 0, strangers: 0, largest: new Float64Array(planOf(curve).limbs) as Limbs }
  beforeAll(() => {
    const proven = provenCalls(curve)
    const likely: Partial<Record<KernelName, KernelCall>> = {}
    const covers = (call: KernelCall, inputs: readonly ArrayLike<number>[]): boolean =>
      call.inputs.every((sizes, k) => {
        for (let i = sizes.length - 1; i >= 0; i--) if (!(Math.abs(inputs[k]![i]!) <= sizes[i]!)) return false
        return true
      })
    watch.see = (of, kernel, inputs) => {
      if (of !== curve) return
      seen.calls++
      const name = kernel as KernelName
      if (likely[name] !== undefined && covers(likely[name], inputs)) return
      likely[name] = proven.find((call) => call.kernel === name && covers(call, inputs))
      if (likely[name] === undefined) seen.strangers++
    }
  })

  it('sees only calls that are proven safe while it verifies signatures, good and bad, without tables and with them', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve })
    const { x, y } = publicKey.export({ format: 'jwk' })
    const point = Uint8Array.from([4, ...Buffer.from(x!, 'base64url'), ...Buffer.from(y!, 'base64url')])
    for (const budget of [0, 2 ** 24]) {
      const key = new EcdsaKey(curve, point, new TableBudget(budget))
      if (budget > 0) key.warmUp()
      for (let i = 0; i < 25; i++) {
        const data = createHash('sha256').update(`${i}`).digest()
        const signature = sign('sha256', data, privateKey)
        expect(key.verify('sha256', data, signature)).toBe(true)
        expect(key.verify('sha384', data, signature)).toBe(false)
      }
    }
    // A small r is compared with r + n as well.
    const small = Uint8Array.from([0x30, 6, 2, 1, 5, 2, 1, 7])
    expect(curves[curve].p - curves[curve].n).toBeGreaterThan(5n)
    expect(new EcdsaKey(curve, point, new TableBudget(0)).verify('sha256', point, small)).toBe(false)
    expect(seen.calls).toBeGreaterThan(100_000)
    expect(seen.strangers).toBe(0)
  })
})
