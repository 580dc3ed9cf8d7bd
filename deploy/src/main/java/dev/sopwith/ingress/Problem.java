package dev.sopwith.ingress;

/** Why a request was not taken in: one kind for each status (RFC 9457). */
enum Problem {
    MALFORMED(400, "The request cannot be read"),
    NOT_PROVED(401, "The sender has not proved who it is"),
    NOT_FOUND(404, "No SOP listens here"),
    WRONG_METHOD(405, "Only POST starts something"),
    TOO_SLOW(408, "The body took too long"),
    KEY_TAKEN(409, "The idempotency key belongs to another request"),
    TOO_LARGE(413, "The body is too large"),
    WRONG_TYPE(415, "The body is of a type that is not read"),
    BAD_INPUT(422, "The inputs are not what the SOP takes"),
    TOO_MANY(429, "Too many requests"),
    FAULT(500, "The service has a fault"),
    NOT_NOW(503, "Nothing was taken in, try again");

    private final int status;
    private final String title;

    Problem(int status, String title) {
        this.status = status;
        this.title = title;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    /** {@return what names this kind for programs} */
    String type() {
        return "urn:sopwith:problem:" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Carries a refusal to where it is answered. */
    static final class Found extends Exception {
        private static final long serialVersionUID = 1;

        private final Problem problem;
        private final String detail;

        Found(Problem problem, String detail) {
            super(detail, null, false, false);
            this.problem = problem;
            this.detail = detail;
        }

        Reply reply() {
            return Reply.of(problem, detail);
        }
    }
}
