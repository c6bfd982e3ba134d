import { parseArgs } from 'node:util'

export const groups = ['parse', 'verify', 'build']

const help = `Usage: npm run bench -- [options]

Measures portcullis beside other libraries, in turn in one process, and prints one Markdown table: the median time of a
call in microseconds, and in brackets how many times as long as portcullis it is. Only the ratios of one run mean anything.

  --only parse|verify|build   only these rows; may be given several times
  --blocks N                  blocks each contestant is measured in (default 21)
  --json                      print JSON instead of the table
  --help                      this text

The first run installs what is compared with into bench/rivals (npm ci).`

/** Reads the command line; prints and ends where there is nothing to measure. */
export function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string', multiple: true, default: groups },
        blocks: { type: 'string', default: '21' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(help)
      process.exit(0)
    }
    const only = values.only.flatMap((names) => names.split(','))
    const stranger = only.find((name) => !groups.includes(name))
    if (stranger !== undefined) throw new Error(`--only takes ${groups.join(', ')}, got ${stranger}`)
    const blocks = Number(values.blocks)
    if (!Number.isInteger(blocks) || blocks < 1) throw new Error(`--blocks takes a whole number, got ${values.blocks}`)
    return { only, blocks, json: values.json }
  } catch (error) {
    console.error(`${error.message}\n\n${help}`)
    process.exit(2)
  }
}
