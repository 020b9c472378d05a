"""The listening socket as the processes that answer get it: by its number."""

import socket

from lumiku.serve.listen import listen


def inherited(listener: socket.socket) -> socket.socket:
    return socket.socket(fileno=listener.detach())


# asyncio sends at once, without waiting for a client's acknowledgement, only where
# the socket says that it is TCP. Otherwise each answer on a connection that is kept comes 40 ms late.
def test_answers_are_sent_at_once() -> None:
    with inherited(listen("127.0.0.1", 0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_a_socket_that_states_no_protocol_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unstated:
        assert unstated.proto != socket.IPPROTO_TCP
