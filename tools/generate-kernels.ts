import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { emit, fileName } from './kernels/emit.ts'
import { plans } from './kernels/plan.ts'

/** `tsx tools/generate-kernels.ts [--check]`: writes the field kernels of src/crypto/curve, or lists those out of date. */
const folder = join(import.meta.dirname, '..', 'src', 'crypto', 'curve')
for (const plan of plans) {
  const path = join(folder, fileName(plan))
  const text = emit(plan)
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${fileName(plan)} is out of date: run npx tsx tools/generate-kernels.ts`)
    process.exitCode = 1
  }
}
