package dev.sopwith.bot.matrix

import de.connect2x.trixnity.client.cryptodriver.ClientOlmStore
import de.connect2x.trixnity.core.model.keys.KeyValue.Curve25519KeyValue
import de.connect2x.trixnity.crypto.olm.OlmStore
import de.connect2x.trixnity.crypto.olm.StoredOlmSession
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import org.koin.core.module.Module
import org.koin.dsl.module
import java.util.concurrent.ConcurrentHashMap
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/**
 * One change of the Olm sessions with a device after the other. trixnity 5.0.1 lets them run side by
 * side and does what lost the race once more; but who has read a first message has used up its
 * one-time key, and the second time the key is unknown. So whoever wrote to us in the moment in
 * which we wrote to them for the first time was not read, and neither was what they wrote with that
 * room key from then on.
 *
 * Threading: safe from any coroutine. A change may make another one of the same sessions.
 */
internal class OneAtATime(private val store: OlmStore) : OlmStore by store {
    private val locks = ConcurrentHashMap<Curve25519KeyValue, Mutex>()

    override suspend fun updateOlmSessions(
        senderKey: Curve25519KeyValue,
        updater: suspend (Set<StoredOlmSession>?) -> Set<StoredOlmSession>?,
    ) {
        val ours = currentCoroutineContext()[Ours]?.devices.orEmpty()
        if (senderKey in ours) return store.updateOlmSessions(senderKey, updater)
        locks.computeIfAbsent(senderKey) { Mutex() }.withLock {
            withContext(Ours(ours + senderKey)) { store.updateOlmSessions(senderKey, updater) }
        }
    }

    /** The devices whose sessions this coroutine is changing. */
    private class Ours(val devices: Set<Curve25519KeyValue>) : AbstractCoroutineContextElement(Ours) {
        companion object Key : CoroutineContext.Key<Ours>
    }

    companion object {
        /** Takes the place of the store that the library has itself. */
        fun module(): Module = module {
            single<OlmStore> { OneAtATime(ClientOlmStore(get(), get(), get(), get(), get())) }
        }
    }
}
