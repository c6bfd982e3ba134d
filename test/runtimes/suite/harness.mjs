/**
 * The least that tests need, in any runtime: no globals beyond ES2022. A test is a name and a function that throws.
 *
 * @typedef {{ readonly name: string, readonly run: () => unknown }} Test
 */

/**
 * @param {readonly Test[]} tests
 * @returns {Promise<{ passed: number, failures: string[] }>}
 */
export async function runTests(tests) {
  const failures = []
  for (const { name, run } of tests) {
    try {
      await run()
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`)
    }
  }
  return { passed: tests.length - failures.length, failures }
}

/** Equal as JSON; `undefined` differs from everything that has a text. */
export function equal(actual, expected) {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (got !== wanted) throw new Error(`got ${got}, expected ${wanted}`)
}

export function includes(text, part) {
  if (!text.includes(part)) throw new Error(`${JSON.stringify(part)} is not in ${JSON.stringify(text.slice(0, 2000))}`)
}

/** That an error of this name is thrown. */
export function throws(name, action) {
  let thrown
  try {
    action()
  } catch (error) {
    thrown = error
  }
  equal(thrown?.name, name)
}

/** Base64 without `atob` or Buffer: not every runtime has either. */
export function bytesOf(base64) {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const text = base64.replace(/=+$/, '')
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let value = 0
  let at = 0
  for (const digit of text) {
    value = ((value << 6) | digits.indexOf(digit)) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (value >> bits) & 0xff
  }
  return bytes
}
