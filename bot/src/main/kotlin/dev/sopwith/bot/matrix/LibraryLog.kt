package dev.sopwith.bot.matrix

import de.connect2x.lognity.api.ansi.AnsiScope
import de.connect2x.lognity.api.backend.Backend
import de.connect2x.lognity.api.backend.NoopBackend
import de.connect2x.lognity.api.context.ContextBuilder
import de.connect2x.lognity.api.logger.Level
import de.connect2x.lognity.api.logger.Logger
import de.connect2x.lognity.api.logger.NoopLogger
import de.connect2x.lognity.api.marker.Marker

/** What trixnity logs goes where all else goes; without this it says nothing at all. */
internal object LibraryLog : Backend by NoopBackend {
    override val name: String get() = "system"

    override fun createLogger(name: String?, contextSpec: ContextBuilder.() -> Unit): Logger =
        ToSystem(System.getLogger(name ?: "de.connect2x.trixnity"))

    fun install() = Backend.set(this)

    private class ToSystem(private val log: System.Logger) : Logger by NoopLogger {
        /** One level lower than the library has it: an outage is told once, by the connector. */
        private fun map(level: Level) = when (level) {
            Level.TRACE -> System.Logger.Level.TRACE
            Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR -> System.Logger.Level.DEBUG
            Level.FATAL -> System.Logger.Level.WARNING
        }

        override var level: Level
            get() = Level.entries.first { log.isLoggable(map(it)) || it == Level.FATAL }
            set(_) {}
        override var isEnabled: Boolean
            get() = true
            set(_) {}

        override fun log(level: Level, message: AnsiScope.() -> Any) {
            val to = map(level)
            if (log.isLoggable(to)) log.log(to, AnsiScope.message().toString())
        }

        override fun log(marker: Marker?, level: Level, message: AnsiScope.() -> Any) = log(level, message)
        override fun trace(message: AnsiScope.() -> Any) = log(Level.TRACE, message)
        override fun debug(message: AnsiScope.() -> Any) = log(Level.DEBUG, message)
        override fun info(message: AnsiScope.() -> Any) = log(Level.INFO, message)
        override fun warn(message: AnsiScope.() -> Any) = log(Level.WARN, message)
        override fun error(message: AnsiScope.() -> Any) = log(Level.ERROR, message)
        override fun fatal(message: AnsiScope.() -> Any) = log(Level.FATAL, message)
    }
}
