import { readFileSync } from 'node:fs'

/** What both others do besides. */
JSON.parse(readFileSync(process.argv[2], 'utf8'))
