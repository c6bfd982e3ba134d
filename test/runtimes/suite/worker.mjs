import { prepareRounds } from './measure.mjs'
import { runSuite } from './suite.mjs'

let prepare
let judge

/**
 * The suite as a Worker. A Worker's clock stands still while it computes, so the client measures the time of `/judge`.
 */
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname === '/suite') {
      const fixtures = await request.json()
      prepare = prepareRounds(fixtures)
      return Response.json(await runSuite(fixtures))
    }
    if (pathname === '/prepare') judge = prepare()
    return Response.json(pathname === '/judge' ? judge() : 0)
  },
}
