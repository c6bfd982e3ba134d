import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { slowest } from './command.mjs'
import { bundle } from './install.mjs'

/** The command of the installed Chromium, or `undefined`. The environment variable `CHROMIUM` overrides it. */
export function findChromium() {
  const names = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'].filter((name) => name !== undefined)
  return names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)
}

/** Allows only scripts of this server. The page would fail if the library used `eval` or `new Function`. */
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'"

/** Runs the suite in a page of headless Chromium and returns the outcome that the page posts. */
export async function runInChromium(command, { work, consumer, fixtures }) {
  const script = await bundle(join(consumer, 'suite', 'page.mjs'), join(work, 'page.mjs'))
  const files = {
    '/': ['text/html', '<!doctype html><script type="module" src="/page.mjs"></script>'],
    '/page.mjs': ['text/javascript', readFileSync(script)],
    '/fixtures.json': ['application/json', readFileSync(fixtures)],
  }
  let settle
  const posted = new Promise((resolve) => {
    settle = resolve
  })
  const server = createServer(async (request, response) => {
    if (request.method === 'POST' && request.url === '/outcome') {
      settle(JSON.parse(await text(request)))
      return response.end()
    }
    const [type, body] = files[request.url] ?? []
    if (body === undefined) return response.writeHead(404).end()
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': contentSecurityPolicy }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const profile = join(work, 'chromium')
  mkdirSync(profile)
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run']
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  const url = `http://127.0.0.1:${server.address().port}/`
  const browser = spawn(command, [...flags, ...quiet, `--user-data-dir=${profile}`, url], { stdio: 'ignore' })
  const ended = once(browser, 'exit')
  let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ passed: 0, failures: ['the page posted no outcome in time'] }), slowest)
  })
  const died = ended.then(([status]) => ({ passed: 0, failures: [`${command} ended with ${status}`] }))
  const outcome = await Promise.race([posted, late, died])
  clearTimeout(timer)
  browser.kill()
  await ended
  server.closeAllConnections()
  server.close()
  return outcome
}
