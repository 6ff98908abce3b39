"""One honest sentence group for everything that can go wrong.

Each text says what happened, what it means for the session, and what to do
next. It never blames the person, and never shows a technical error text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from safesession.core.status import CaptureState, Problem


@dataclass(frozen=True, slots=True)
class ErrorText:
    """Three sentences; `happened` alone must make sense as a headline."""

    happened: str
    meaning: str
    next_step: str

    def joined(self) -> str:
        """Return the three as one paragraph."""
        return " ".join((self.happened, self.meaning, self.next_step))


class WayOn(Enum):
    """What a person can do about a capture problem."""

    TRY_AGAIN = "try_again"
    CHOOSE_DEVICE = "choose_device"
    SWITCH_OFF = "switch_off"


_N = QT_TRANSLATE_NOOP

_PROBLEMS: Final[dict[Problem, ErrorText]] = {
    Problem.SERVER_UNREACHABLE: ErrorText(
        _N("Problem", "The institution's server cannot be reached for the moment."),
        _N("Problem", "Nothing is lost; SafeSession keeps trying by itself."),
        _N("Problem", "Check your internet connection, or choose Try again."),
    ),
    Problem.SERVER_REFUSED: ErrorText(
        _N("Problem", "The server does not speak the same version as this program."),
        _N("Problem", "No connection was made and nothing was sent."),
        _N("Problem", "Ask your institution which version to install."),
    ),
    Problem.NOT_ENROLLED: ErrorText(
        _N("Problem", "The server does not know this computer as a counselor's."),
        _N("Problem", "You cannot create invites from here yet."),
        _N("Problem", "Ask your institution for an enrolment token and enter it."),
    ),
    Problem.CODE_MISTYPED: ErrorText(
        _N(
            "Problem",
            "One digit seems mistyped; please check the code again (16 digits).",
        ),
        _N("Problem", "Nothing was sent, and no try was used up."),
        _N("Problem", "Compare the digits in groups of four, then continue."),
    ),
    Problem.CODE_INCOMPLETE: ErrorText(
        _N("Problem", "The code is not complete: it has 16 digits."),
        _N("Problem", "Nothing was sent."),
        _N("Problem", "Add the missing digits, then continue."),
    ),
    Problem.LINK_INVALID: ErrorText(
        _N("Problem", "This link cannot be read."),
        _N("Problem", "Nothing was sent."),
        _N("Problem", "Copy the whole link again, or type the 16 digits instead."),
    ),
    Problem.CODE_UNAVAILABLE: ErrorText(
        _N("Problem", "This code cannot be used now."),
        _N("Problem", "You have not been connected to anybody."),
        _N("Problem", "Please ask your counselor or reception to send you a new one."),
    ),
    Problem.CODE_WRONG: ErrorText(
        _N("Problem", "The two codes do not match."),
        _N("Problem", "Nobody could see or hear you."),
        _N("Problem", "Check the code with the other person and enter it again."),
    ),
    Problem.TOO_MANY_ATTEMPTS: ErrorText(
        _N("Problem", "A wrong code was tried three times."),
        _N("Problem", "This invite has been cancelled; nobody got in."),
        _N("Problem", "A new invite is needed: the counselor can create one now."),
    ),
    Problem.TRY_LATER: ErrorText(
        _N("Problem", "The server asks to wait a little before the next try."),
        _N("Problem", "Your code stays valid."),
        _N("Problem", "Please try again in a moment."),
    ),
    Problem.OPENED_ELSEWHERE: ErrorText(
        _N("Problem", "This session was opened in another window."),
        _N("Problem", "Only one window can be in the room, so this one has stopped."),
        _N("Problem", "Go on in the newer window, or close this one."),
    ),
    Problem.PEER_LEFT: ErrorText(
        _N("Problem", "The other person has left."),
        _N("Problem", "Sound and picture have stopped on both sides."),
        _N("Problem", "You can close this window or begin a new session."),
    ),
    Problem.PEER_MISBEHAVED: ErrorText(
        _N("Problem", "Something arrived that does not belong to this session."),
        _N("Problem", "It was thrown away and the connection was closed."),
        _N("Problem", "Begin again with a new invite; tell your institution about it."),
    ),
    Problem.IDENTITY_CHANGED: ErrorText(
        _N("Problem", "The other side uses a different device key than before."),
        _N("Problem", "To be safe, no sound and no picture was exchanged."),
        _N("Problem", "Call each other on a known number and ask for a new invite."),
    ),
    Problem.NO_ROUTE: ErrorText(
        _N("Problem", "No path between the two computers was found yet."),
        _N("Problem", "Text still goes over the institution's server, encrypted."),
        _N("Problem", "Try again, or use another network such as a phone's hotspot."),
    ),
    Problem.BIND_FAILED: ErrorText(
        _N("Problem", "The connection could not be proven to be private."),
        _N("Problem", "No picture was shown and no sound was played or sent."),
        _N("Problem", "Leave, change the network if you can, and use a new invite."),
    ),
    Problem.SAFETY_CODE_MISMATCH: ErrorText(
        _N("Problem", "The safety codes were not the same."),
        _N("Problem", "Sound and picture have stopped on both sides."),
        _N("Problem", "Leave, then call each other on a number you already know."),
    ),
    Problem.INVITE_EXPIRED: ErrorText(
        _N("Problem", "The time of this invite is over."),
        _N("Problem", "Nobody can enter with this code any more."),
        _N("Problem", "Create a new invite and pass it on."),
    ),
    Problem.INSTALLATION_DAMAGED: ErrorText(
        _N("Problem", "This copy of SafeSession did not pass its own check."),
        _N("Problem", "To protect you, it does not start any session."),
        _N("Problem", "Install SafeSession again or ask your institution for help."),
    ),
    Problem.INTERNAL: ErrorText(
        _N("Problem", "Something in this program went wrong."),
        _N("Problem", "The session was stopped; nothing more is sent."),
        _N("Problem", "Begin again. If it comes back, tell your institution."),
    ),
}

_CAMERA: Final[dict[CaptureState, ErrorText]] = {
    CaptureState.MISSING: ErrorText(
        _N("Capture", "No camera was found."),
        _N("Capture", "The other person sees your name instead of a picture."),
        _N("Capture", "Plug one in and try again, or continue with voice."),
    ),
    CaptureState.BUSY: ErrorText(
        _N("Capture", "Another program is using the camera."),
        _N("Capture", "You can continue with voice."),
        _N("Capture", "Close the other program, then try again."),
    ),
    CaptureState.REFUSED: ErrorText(
        _N("Capture", "This computer does not allow SafeSession to use the camera."),
        _N("Capture", "You can continue with voice."),
        _N("Capture", "Allow it in the system's privacy settings, then try again."),
    ),
    CaptureState.LOST: ErrorText(
        _N("Capture", "The camera stopped delivering pictures."),
        _N("Capture", "The other person does not see you at the moment."),
        _N("Capture", "Check its cable and try again, or choose another camera."),
    ),
    CaptureState.DEMO: ErrorText(
        _N("Capture", "A demo clip is shown instead of a camera."),
        _N("Capture", "The other person sees the clip, marked as demo."),
        _N("Capture", "Plug in a camera and choose it in the menu."),
    ),
}

_MICROPHONE: Final[dict[CaptureState, ErrorText]] = {
    CaptureState.MISSING: ErrorText(
        _N("Capture", "No microphone was found."),
        _N("Capture", "The other person cannot hear you."),
        _N("Capture", "Plug one in and try again, or continue with text."),
    ),
    CaptureState.BUSY: ErrorText(
        _N("Capture", "Another program is using the microphone."),
        _N("Capture", "The other person cannot hear you; text works."),
        _N("Capture", "Close the other program, then try again."),
    ),
    CaptureState.REFUSED: ErrorText(
        _N(
            "Capture", "This computer does not allow SafeSession to use the microphone."
        ),
        _N("Capture", "The other person cannot hear you; text works."),
        _N("Capture", "Allow it in the system's privacy settings, then try again."),
    ),
    CaptureState.LOST: ErrorText(
        _N("Capture", "Your microphone is on but no sound is coming in."),
        _N("Capture", "The other person cannot hear you; text works."),
        _N("Capture", "Check the mute key or the cable, or choose another microphone."),
    ),
    CaptureState.DEMO: ErrorText(
        _N("Capture", "A demo voice is played instead of a microphone."),
        _N("Capture", "The other person hears the demo voice, not you."),
        _N("Capture", "Plug in a microphone and choose it in the menu."),
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
