/**
 * Counts the work on hostile input and writes what came of it, as JSON: a program of its own, since V8 counts only in what it
 * compiles afterwards, and all that it counts becomes slow. Arguments: a part of the names of cases, and of how many one is taken.
 */
import { countOf } from './count.ts'

// Only now, so that counting begins first.
const { growingCases, shareOf } = await import('./cases.ts')
const { badControls, goodControls } = await import('./controls.ts')

const [part = '', one = '1'] = process.argv.slice(2)
const cases = shareOf(
  growingCases.filter(({ name }) => name.includes(part)),
  Number(one),
)
const counts = cases.map(countOf)
const controls = { bad: badControls.map(countOf), good: goodControls.map(countOf) }
process.stdout.write(JSON.stringify({ counts, controls }))
