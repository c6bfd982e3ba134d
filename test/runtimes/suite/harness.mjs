/**
 * A minimal test runner for any runtime: it uses no globals beyond ES2022. A test is a name and a function that throws.
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

/** Compares as JSON. `undefined` has no JSON, so it only equals itself. */
export function equal(actual, expected) {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (got !== wanted) throw new Error(`got ${got}, expected ${wanted}`)
}

export function includes(text, part) {
  if (!text.includes(part)) throw new Error(`${JSON.stringify(part)} is not in ${JSON.stringify(text.slice(0, 2000))}`)
}

/** Checks that the action throws an error with this name. */
export function throws(name, action) {
  let thrown
  try {
    action()
  } catch (error) {
    thrown = error
  }
  equal(thrown?.name, name)
}

/** Decodes base64 without `atob` or Buffer, because some runtimes have neither. */
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
