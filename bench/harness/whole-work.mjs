/** A lane that accepts an invalid client is fast for the wrong reason. Such a comparison is an error. */
export async function requireWholeWork({ name, call }, good, refused) {
  for (const input of good) if ((await call(input)) !== true) throw new Error(`${name} rejects a valid client`)
  for (const [fault, input] of refused) {
    if ((await call(input)) === true) throw new Error(`${name} accepts ${fault}`)
  }
}
