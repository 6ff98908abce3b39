"""One honest sentence group for everything that can go wrong.

Each text says what happened, what it means for the session, and what to do
next. It never blames the person, and never shows a technical error text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QCoreApplication

from safesession.core.status import CaptureState, Problem
from safesession.ui import texts
from safesession.ui.i18n import QT_TRANSLATE_NOOP


@dataclass(frozen=True, slots=True)
class ErrorText:
    """Three sentences; `happened` alone must make sense as a headline."""

    happened: str
    meaning: str
    next_step: str

    def joined(self) -> str:
        """Return the three as one paragraph."""
        return texts.sentences(self.happened, self.meaning, self.next_step)


class WayOn(Enum):
    """What a person can do about a capture problem."""

    TRY_AGAIN = "try_again"
    CHOOSE_DEVICE = "choose_device"
    SWITCH_OFF = "switch_off"


_PROBLEMS: Final[dict[Problem, ErrorText]] = {
    Problem.SERVER_UNREACHABLE: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "The institution's server cannot be reached for the moment."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "Nothing is lost; SafeSession keeps trying by itself."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "Check your internet connection, or choose Try again."
        ),
    ),
    Problem.SERVER_REFUSED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "The server does not speak the same version as this program."
        ),
        QT_TRANSLATE_NOOP("Problem", "No connection was made and nothing was sent."),
        QT_TRANSLATE_NOOP("Problem", "Ask your institution which version to install."),
    ),
    Problem.NOT_ENROLLED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "The server does not know this computer as a counselor's."
        ),
        QT_TRANSLATE_NOOP("Problem", "You cannot create invites from here yet."),
        QT_TRANSLATE_NOOP(
            "Problem", "Ask your institution for an enrolment token and enter it."
        ),
    ),
    Problem.ACCOUNT_REVOKED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "Your institution has ended this computer's access as counselor."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "Invites you made here are closed. Your notes are untouched."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "Ask your institution; it can give you a new enrolment token."
        ),
    ),
    Problem.SERVER_UNKNOWN: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "No server is set on this computer yet."),
        QT_TRANSLATE_NOOP("Problem", "The digits alone do not say where to go."),
        QT_TRANSLATE_NOOP("Problem", "Paste the whole link, or ask for the address."),
    ),
    Problem.CODE_MISTYPED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem",
            "One digit seems mistyped; please check the code again (16 digits).",
        ),
        QT_TRANSLATE_NOOP("Problem", "Nothing was sent, and no try was used up."),
        QT_TRANSLATE_NOOP(
            "Problem", "Compare the digits in groups of four, then continue."
        ),
    ),
    Problem.CODE_INCOMPLETE: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "The code is not complete: it has 16 digits."),
        QT_TRANSLATE_NOOP("Problem", "Nothing was sent."),
        QT_TRANSLATE_NOOP("Problem", "Add the missing digits, then continue."),
    ),
    Problem.LINK_INVALID: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "This link cannot be read."),
        QT_TRANSLATE_NOOP("Problem", "Nothing was sent."),
        QT_TRANSLATE_NOOP(
            "Problem", "Copy the whole link again, or type the 16 digits instead."
        ),
    ),
    Problem.CODE_UNAVAILABLE: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "This code cannot be used now."),
        QT_TRANSLATE_NOOP("Problem", "You have not been connected to anybody."),
        QT_TRANSLATE_NOOP(
            "Problem", "Please ask your counselor or reception to send you a new one."
        ),
    ),
    Problem.CODE_WRONG: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "The two codes do not match."),
        QT_TRANSLATE_NOOP("Problem", "Nobody could see or hear you."),
        QT_TRANSLATE_NOOP(
            "Problem", "Check the code with the other person and enter it again."
        ),
    ),
    Problem.TOO_MANY_ATTEMPTS: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "A wrong code was tried three times."),
        QT_TRANSLATE_NOOP("Problem", "This invite has been cancelled; nobody got in."),
        QT_TRANSLATE_NOOP(
            "Problem", "A new invite is needed: the counselor can create one now."
        ),
    ),
    Problem.TRY_LATER: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "The server asks to wait a little before the next try."
        ),
        QT_TRANSLATE_NOOP("Problem", "Your code stays valid."),
        QT_TRANSLATE_NOOP("Problem", "Please try again in a moment."),
    ),
    Problem.OPENED_ELSEWHERE: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "This session was opened in another window."),
        QT_TRANSLATE_NOOP(
            "Problem", "Only one window can be in the room, so this one has stopped."
        ),
        QT_TRANSLATE_NOOP("Problem", "Go on in the newer window, or close this one."),
    ),
    Problem.PEER_LEFT: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "The other person has left."),
        QT_TRANSLATE_NOOP("Problem", "Sound and picture have stopped on both sides."),
        QT_TRANSLATE_NOOP(
            "Problem", "You can close this window or begin a new session."
        ),
    ),
    Problem.PEER_MISBEHAVED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "Something arrived that does not belong to this session."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "It was thrown away and the connection was closed."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "Begin again with a new invite; tell your institution about it."
        ),
    ),
    Problem.IDENTITY_CHANGED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "The other side uses a different device key than before."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "To be safe, no sound and no picture was exchanged."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "Call each other on a known number and ask for a new invite."
        ),
    ),
    Problem.NO_ROUTE: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "No path between the two computers was found yet."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "Text still goes over the institution's server, encrypted."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "Try again, or use another network such as a phone's hotspot."
        ),
    ),
    Problem.BIND_FAILED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "The connection could not be proven to be private."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "No picture was shown and no sound was played or sent."
        ),
        QT_TRANSLATE_NOOP(
            "Problem", "Leave, change the network if you can, and use a new invite."
        ),
    ),
    Problem.SAFETY_CODE_MISMATCH: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "The safety codes were not the same."),
        QT_TRANSLATE_NOOP("Problem", "Sound and picture have stopped on both sides."),
        QT_TRANSLATE_NOOP(
            "Problem", "Leave, then call each other on a number you already know."
        ),
    ),
    Problem.INVITE_EXPIRED: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "The time of this invite is over."),
        QT_TRANSLATE_NOOP("Problem", "Nobody can enter with this code any more."),
        QT_TRANSLATE_NOOP("Problem", "Create a new invite and pass it on."),
    ),
    Problem.INSTALLATION_DAMAGED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Problem", "This copy of SafeSession did not pass its own check."
        ),
        QT_TRANSLATE_NOOP("Problem", "To protect you, it does not start any session."),
        QT_TRANSLATE_NOOP(
            "Problem", "Install SafeSession again or ask your institution for help."
        ),
    ),
    Problem.INTERNAL: ErrorText(
        QT_TRANSLATE_NOOP("Problem", "Something in this program went wrong."),
        QT_TRANSLATE_NOOP("Problem", "The session was stopped; nothing more is sent."),
        QT_TRANSLATE_NOOP(
            "Problem", "Begin again. If it comes back, tell your institution."
        ),
    ),
}

_CAMERA: Final[dict[CaptureState, ErrorText]] = {
    CaptureState.MISSING: ErrorText(
        QT_TRANSLATE_NOOP("Capture", "No camera was found."),
        QT_TRANSLATE_NOOP(
            "Capture", "The other person sees your name instead of a picture."
        ),
        QT_TRANSLATE_NOOP(
            "Capture", "Plug one in and try again, or continue with voice."
        ),
    ),
    CaptureState.BUSY: ErrorText(
        QT_TRANSLATE_NOOP("Capture", "Another program is using the camera."),
        QT_TRANSLATE_NOOP("Capture", "You can continue with voice."),
        QT_TRANSLATE_NOOP("Capture", "Close the other program, then try again."),
    ),
    CaptureState.REFUSED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Capture", "This computer does not allow SafeSession to use the camera."
        ),
        QT_TRANSLATE_NOOP("Capture", "You can continue with voice."),
        QT_TRANSLATE_NOOP(
            "Capture", "Allow it in the system's privacy settings, then try again."
        ),
    ),
    CaptureState.LOST: ErrorText(
        QT_TRANSLATE_NOOP("Capture", "The camera stopped delivering pictures."),
        QT_TRANSLATE_NOOP(
            "Capture", "The other person does not see you at the moment."
        ),
        QT_TRANSLATE_NOOP(
            "Capture", "Check its cable and try again, or choose another camera."
        ),
    ),
    CaptureState.DEMO: ErrorText(
        QT_TRANSLATE_NOOP("Capture", "A demo clip is shown instead of a camera."),
        QT_TRANSLATE_NOOP("Capture", "The other person sees the clip, marked as demo."),
        QT_TRANSLATE_NOOP("Capture", "Plug in a camera and choose it in the menu."),
    ),
}

_MICROPHONE: Final[dict[CaptureState, ErrorText]] = {
    CaptureState.MISSING: ErrorText(
        QT_TRANSLATE_NOOP("Capture", "No microphone was found."),
        QT_TRANSLATE_NOOP("Capture", "The other person cannot hear you."),
        QT_TRANSLATE_NOOP(
            "Capture", "Plug one in and try again, or continue with text."
        ),
    ),
    CaptureState.BUSY: ErrorText(
        QT_TRANSLATE_NOOP("Capture", "Another program is using the microphone."),
        QT_TRANSLATE_NOOP("Capture", "The other person cannot hear you; text works."),
        QT_TRANSLATE_NOOP("Capture", "Close the other program, then try again."),
    ),
    CaptureState.REFUSED: ErrorText(
        QT_TRANSLATE_NOOP(
            "Capture", "This computer does not allow SafeSession to use the microphone."
        ),
        QT_TRANSLATE_NOOP("Capture", "The other person cannot hear you; text works."),
        QT_TRANSLATE_NOOP(
            "Capture", "Allow it in the system's privacy settings, then try again."
        ),
    ),
    CaptureState.LOST: ErrorText(
        QT_TRANSLATE_NOOP(
            "Capture", "Your microphone is on but no sound is coming in."
        ),
        QT_TRANSLATE_NOOP("Capture", "The other person cannot hear you; text works."),
        QT_TRANSLATE_NOOP(
            "Capture", "Check the mute key or the cable, or choose another microphone."
        ),
    ),
    CaptureState.DEMO: ErrorText(
        QT_TRANSLATE_NOOP("Capture", "A demo voice is played instead of a microphone."),
        QT_TRANSLATE_NOOP("Capture", "The other person hears the demo voice, not you."),
        QT_TRANSLATE_NOOP("Capture", "Plug in a microphone and choose it in the menu."),
    ),
}


def problem_text(problem: Problem) -> ErrorText:
    """Return the three sentences of a problem in the present language."""
    return _translated("Problem", _PROBLEMS[problem])


def camera_text(state: CaptureState) -> ErrorText | None:
    """Return the sentences for a camera state that needs words, else None."""
    source = _CAMERA.get(state)
    return _translated("Capture", source) if source else None


def microphone_text(state: CaptureState) -> ErrorText | None:
    """Return the sentences for a microphone state that needs words, else None."""
    source = _MICROPHONE.get(state)
    return _translated("Capture", source) if source else None


def ways_on(state: CaptureState) -> tuple[WayOn, ...]:
    """Return what the person can choose in a capture state."""
    match state:
        case CaptureState.MISSING | CaptureState.REFUSED | CaptureState.BUSY:
            return (WayOn.TRY_AGAIN, WayOn.SWITCH_OFF)
        case CaptureState.LOST:
            return (WayOn.TRY_AGAIN, WayOn.CHOOSE_DEVICE, WayOn.SWITCH_OFF)
        case CaptureState.DEMO:
            return (WayOn.CHOOSE_DEVICE,)
        case CaptureState.OFF | CaptureState.STARTING | CaptureState.ON:
            return ()


def _translated(context: str, source: ErrorText) -> ErrorText:
    # Not `translate`: its arguments must be literals, these are marked above.
    tr = QCoreApplication.translate
    return ErrorText(
        tr(context, source.happened),
        tr(context, source.meaning),
        tr(context, source.next_step),
    )
