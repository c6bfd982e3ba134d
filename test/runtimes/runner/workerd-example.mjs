import { readFileSync } from 'node:fs'
import { startWorker } from './workerd.mjs'

/**
 * Runs a Worker's bundle in workerd and prints its answers (status and body) as one line of JSON. The file REQUESTS has the
 * Worker's bindings and a value of `request.cf` for each request.
 *
 *     node workerd-example.mjs BUNDLE REQUESTS
 */
const [bundle, file] = process.argv.slice(2)
const { bindings, requests } = JSON.parse(readFileSync(file, 'utf8'))
const miniflare = startWorker(readFileSync(bundle, 'utf8'), bindings)
try {
  const answers = []
  for (const cf of requests) {
    const response = await miniflare.dispatchFetch('https://worker.example/', { cf })
    answers.push([response.status, await response.text()])
  }
  console.log(JSON.stringify(answers))
} finally {
  await miniflare.dispose()
}
