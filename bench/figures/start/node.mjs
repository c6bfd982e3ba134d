import { readFileSync } from 'node:fs'

/** The work that the other programs do as well: start Node and read the input. */
JSON.parse(readFileSync(process.argv[2], 'utf8'))
