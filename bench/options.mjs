import { parseArgs } from 'node:util'
import { figures } from './figures/catalogue.mjs'

const help = `Usage: npm run bench -- [options]

Measures every figure of docs/performance.md, each in its own process and alternating with the alternative, and prints
Markdown tables. Only ratios within one run are meaningful. Exits with 1 if a bar of bench/goals.mjs is missed.

  --only FIGURE   measure only this figure; repeat it or separate figures with commas
  --blocks N      blocks per library (default 31); fewer are faster and less accurate
  --json          print JSON
  --markdown      print Markdown (the default)
  --save FILE     also write the JSON to a file
  --write         update docs/performance.json, docs/performance.md and docs/performance.svg
  --help          print this text

Figures: ${Object.keys(figures).join(', ')}

The first run installs the other libraries in bench/rivals and the runtimes in test/runtimes, and mints certificates into
node_modules/.cache.`

/** Reads the command line. Exits for --help and wrong options. */
export function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string', multiple: true, default: Object.keys(figures) },
        blocks: { type: 'string', default: '31' },
        json: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        save: { type: 'string' },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(help)
      process.exit(0)
    }
    const only = values.only.flatMap((names) => names.split(','))
    const unknown = only.find((name) => !Object.hasOwn(figures, name))
    if (unknown !== undefined) throw new Error(`--only takes ${Object.keys(figures).join(', ')}, got ${unknown}`)
    if (values.json && values.markdown)
      throw new Error('--json and --markdown exclude each other; use --save FILE for JSON besides Markdown')
    const blocks = Number(values.blocks)
    if (!Number.isInteger(blocks) || blocks < 3)
      throw new Error(`--blocks takes a whole number of at least 3, got ${values.blocks}`)
    return { only, blocks, json: values.json, save: values.save, write: values.write }
  } catch (error) {
    console.error(`${error.message}\n\n${help}`)
    process.exit(2)
  }
}
