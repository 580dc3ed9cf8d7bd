// A person with a real client: matrix-js-sdk with its Rust crypto, told what to do line by line.
// In: {"id": 1, "do": "send", ...}. Out: {"id": 1, "ok": ...} or {"id": 1, "error": "..."}, in the order asked.
import { webcrypto } from 'node:crypto';
import readline from 'node:readline';

// What the SDK takes for granted and older Nodes lack.
globalThis.crypto ??= webcrypto;
globalThis.CustomEvent ??= class extends Event {};
Promise.withResolvers ??= () => {
  let resolve, reject;
  const promise = new Promise((a, b) => { resolve = a; reject = b; });
  return { promise, resolve, reject };
};
for (const level of ['debug', 'info', 'warn', 'error', 'trace']) console[level] = (...all) => process.stderr.write(all.join(' ') + '\n');
const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, log() {}, getChild() { return quiet; } };

const sdk = await import('matrix-js-sdk');
let client, password;

function room(id) {
  const found = client.getRoom(id);
  if (!found) throw new Error('not in ' + id);
  return found;
}

/** An event as a person would see it: decrypted, edited, with how it went over the wire. */
function seen(event) {
  // A relation stays outside of what is encrypted: servers have to know of it.
  const relation = event.getWireContent()['m.relates_to'];
  const content = { ...(relation ? { 'm.relates_to': relation } : {}), ...event.getOriginalContent() };
  return {
    event_id: event.getId(), type: event.getType(), sender: event.getSender(), origin_server_ts: event.getTs(),
    content, wire_type: event.getWireType(),
    failed: event.isDecryptionFailure(), unsigned: event.isRedacted() ? { redacted_because: {} } : {},
  };
}

const deeds = {
  async login({ server, user, password: secret, device }) {
    password = secret;
    const response = await fetch(server + '/_matrix/client/v3/login', { method: 'POST', body: JSON.stringify({
      type: 'm.login.password', identifier: { type: 'm.id.user', user }, password, device_id: device }) });
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    client = sdk.createClient({ baseUrl: server, userId: answer.user_id, accessToken: answer.access_token, deviceId: answer.device_id, logger: quiet,
      cryptoCallbacks: { getSecretStorageKey: async () => null } });
    await client.initRustCrypto({ useIndexedDB: false });
    await client.startClient({ initialSyncLimit: 50, threadSupport: false });
    await new Promise(done => client.on('sync', state => state === 'PREPARED' && done()));
    return { user: answer.user_id, device: answer.device_id };
  },
  async createRoom({ name, invite, encrypted }) {
    const state = encrypted ? [{ type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }] : [];
    const { room_id } = await client.createRoom({ preset: 'private_chat', name, invite, initial_state: state });
    return { room: room_id };
  },
  async join({ room: id }) { await client.joinRoom(id); },
  async encrypt({ room: id }) { return client.sendStateEvent(id, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }, ''); },
  /** Whether this client sees the room as encrypted, and who is in it. */
  async room({ room: id }) {
    const found = client.getRoom(id);
    return found ? { encrypted: await client.getCrypto().isEncryptionEnabledInRoom(id), members: found.getJoinedMembers().map(it => it.userId) } : {};
  },
  async send({ room: id, type, content }) { return client.sendEvent(id, type, content); },
  async redact({ room: id, event }) { return client.redactEvent(id, event); },
  /** All that this client knows of a room, oldest first; what came encrypted is readable where it has the keys. */
  async timeline({ room: id }) {
    const events = room(id).getLiveTimeline().getEvents();
    for (const it of events) if (it.isEncrypted() && !it.getClearContent()) await client.decryptEventIfNeeded(it).catch(() => {});
    return events.map(seen);
  },
  /** Makes an identity of one's own, which vouches for this device. */
  async crossSign() {
    await client.getCrypto().bootstrapCrossSigning({ authUploadDeviceSigningKeys: make => make({
      type: 'm.login.password', identifier: { type: 'm.id.user', user: client.getUserId() }, password }) });
  },
  /** What this client thinks of the devices of somebody. */
  async devices({ user }) {
    const all = (await client.getCrypto().getUserDeviceInfo([user], true)).get(user) ?? new Map();
    const devices = {};
    for (const [device, info] of all) {
      const trust = await client.getCrypto().getDeviceVerificationStatus(user, device);
      devices[device] = { signed_by_owner: trust?.signedByOwner ?? false, trusted: trust?.isVerified() ?? false,
        keys: Object.fromEntries(info.keys) };
    }
    return devices;
  },
  /** Whether somebody has an identity that vouches for devices. */
  async hasIdentity({ user }) { return { has: await client.getCrypto().userHasCrossSigningKeys(user, true) }; },
  /** New messages get a key of their own from here on. */
  async rotateKey({ room: id }) { await client.getCrypto().forceDiscardSession(id); },
};

let queue = Promise.resolve();
const lines = readline.createInterface({ input: process.stdin });
lines.on('line', line => {
  const { id, do: what, ...rest } = JSON.parse(line);
  queue = queue.then(async () => {
    const answer = await deeds[what](rest);
    process.stdout.write(JSON.stringify({ id, ok: answer ?? {} }) + '\n');
  }).catch(e => process.stdout.write(JSON.stringify({ id, error: String(e?.stack ?? e) }) + '\n'));
});
lines.on('close', () => process.exit(0));
