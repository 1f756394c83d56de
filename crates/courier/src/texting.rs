//! The task of SMS: what is ordered goes through the queue to the gateway.

use std::{future::Future, pin::Pin, sync::Arc};

use hyper::body::Bytes;
use messaging::{Mailroom, SmsAnswer, SmsInput as Input, SmsOutput as Output, SmsQueue};
use model::desk::{DestinationId, SmsId, SmsOrder};
use tokio::sync::mpsc;

use crate::{far_end::Gateway, task::Ground, upload::tell_operator};

/// Carry SMS until the engine goes.
pub(crate) async fn run(
    ground: Ground,
    gateway: Gateway,
    mailroom: Mailroom,
    mut orders: mpsc::UnboundedReceiver<(SmsId, SmsOrder)>,
    seed: [u8; 32],
) {
    let known = mailroom.cursors.of(&DestinationId::sms_gateway());
    let is_stuck = known.is_some_and(|cursor| cursor.stuck.is_some());
    let limits = gateway.limits;
    let mut queue = SmsQueue::new(ground.now(), &mailroom.texts, is_stuck, limits, seed);
    drop(mailroom);
    let gateway = Arc::new(gateway);
    let mut flight: Option<Flight> = None;
    loop {
        while let Some(output) = queue.poll_output() {
            match output {
                // One before that was given up need not land.
                Output::Send(sms, order) => flight = Some(send(&ground, &gateway, sms, order)),
                Output::Append(event) => {
                    tell_operator(&event);
                    ground.append(event).await;
                }
            }
        }
        let input = tokio::select! {
            (sms, answer) = landing(&mut flight) => {
                flight = None;
                Input::Answered(sms, answer)
            }
            order = orders.recv() => match order {
                Some((sms, order)) => Input::Ordered(sms, order),
                None => return,
            },
            () = ground.sleep_until(queue.poll_timeout()) => Input::Timeout,
            () = ground.stopped() => return,
        };
        queue.handle_input(ground.now(), input);
    }
}

/// An SMS on its way, and what comes of it.
type Flight = Pin<Box<dyn Future<Output = (SmsId, SmsAnswer)> + Send>>;

async fn landing(flight: &mut Option<Flight>) -> (SmsId, SmsAnswer) {
    match flight {
        Some(flight) => flight.as_mut().await,
        None => std::future::pending().await,
    }
}

fn send(ground: &Ground, gateway: &Arc<Gateway>, sms: SmsId, order: SmsOrder) -> Flight {
    let (ground, gateway) = (ground.clone(), Arc::clone(gateway));
    Box::pin(async move {
        let (headers, body) = gateway.request(sms, &order, ground.now());
        let timeout = gateway.limits.answer_within;
        let asked = ground.client.post(&gateway.url, &headers, Bytes::from(body), timeout);
        let answer = match asked.await {
            Ok(reply) => gateway.answer(reply.status, &reply.body, reply.retry_after),
            Err(why) => SmsAnswer::Later { why, after: None },
        };
        (sms, answer)
    })
}
