"""Buys two tickets and returns them: python3 firstClient.py http://127.0.0.1:8080"""

import json
import random
import sys
import time

from httpx import TransportError
from httpx_sse import SSEError, connect_sse
from onsale_client import AuthenticatedClient, Client
from onsale_client.api.concerts import available_dates, available_seats, list_concerts
from onsale_client.api.payments import pay, refund
from onsale_client.api.points import charge_points
from onsale_client.api.queue import join_queue, my_queue_status
from onsale_client.api.reservations import reserve_seat
from onsale_client.api.users import create_user
from onsale_client.models import (
    ChargePointsRequest,
    CreateUserRequest,
    JoinQueueRequest,
    PayRequest,
    Problem,
    ReserveSeatRequest,
)

base_url = sys.argv[1] + "/api/v1"
# The server sends a comment after 15 s without an event; a longer silence is a broken connection.
SILENCE_SECONDS_MAX = 45


def data_of(answer):
    """Returns the data of an answer. Ends the program when the API refused the request."""
    if answer is None or isinstance(answer, Problem):
        sys.exit(f"Refused: {answer.code.value}: {answer.detail}" if answer else "No answer")
    return answer.data


def show_places(buyer):
    """Shows each place in line, until it does not wait any more."""
    http = buyer.get_httpx_client()
    stream = connect_sse(http, "GET", "/queue/tokens/me/events", timeout=SILENCE_SECONDS_MAX)
    with stream as source:
        for event in source.iter_sse():
            if event.event == "changed":
                return
            # httpx-sse also yields the `retry` with which the stream begins.
            if event.event in ("place", "position"):
                print(f"Position {json.loads(event.data)['position']}", flush=True)


# In production, your identity system issues access tokens.
user = data_of(create_user.sync(client=Client(base_url), body=CreateUserRequest(name="Ada")))
print(f"User {user.user_id}")
account = AuthenticatedClient(base_url, token=user.access_token)

concert = data_of(list_concerts.sync(client=account)).concerts[0]
joined = data_of(join_queue.sync(client=account, body=JoinQueueRequest(queue_id=concert.queue_id)))
buyer = AuthenticatedClient(base_url, token=joined.token)
while (place := data_of(my_queue_status.sync(client=buyer))).status != "ACTIVE":
    try:
        show_places(buyer)
    except (SSEError, TransportError):
        # There is no stream at the moment: ask again when the server says.
        time.sleep(place.poll_after_ms / 1000)

date = data_of(available_dates.sync(concert.id, client=buyer)).concerts[0]
free = data_of(available_seats.sync(date.concert_option_id, client=buyer)).seats
seat_ids = [seat.seat_id for seat in random.sample(free, 2)]
# A request without an answer may have taken effect: repeat it under the same key.
hold = data_of(
    reserve_seat.sync(
        client=buyer,
        body=ReserveSeatRequest(seat_ids=seat_ids),
        idempotency_key=f"hold-{'-'.join(map(str, seat_ids))}-{user.user_id}",
    )
)
charge_key = f"charge-{hold.reservation_id}"
amount = ChargePointsRequest(amount=hold.amount)
data_of(charge_points.sync(client=account, body=amount, idempotency_key=charge_key))
pay_key = f"pay-{hold.reservation_id}"
order = PayRequest(reservation_id=hold.reservation_id)
paid = data_of(pay.sync(client=buyer, body=order, idempotency_key=pay_key))
print(f"Bought {' and '.join(seat.seat_no for seat in paid.seats)} for {paid.price} points")
refund_key = f"refund-{paid.payment_id}"
returned = data_of(refund.sync(paid.payment_id, client=account, idempotency_key=refund_key))
print(f"Returned {returned.refunded} points, balance {returned.current_points}")
