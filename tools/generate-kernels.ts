import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { emit, fileName } from './kernels/emit.ts'
import { plans } from './kernels/plan.ts'

/** `tsx tools/generate-kernels.ts [--check]`: writes the field kernels of src/crypto/curve, or says which are not in sync. */
const folder = join(import.meta.dirname, '..', 'src', 'crypto', 'curve')
for (const plan of plans) {
  const path = join(folder, fileName(plan))
  const text = emit(plan)
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${fileName(plan)} is not what tools/generate-kernels.ts writes: run it`)
    process.exitCode = 1
  }
}
