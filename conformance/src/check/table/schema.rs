//! The checks of the schema suite: answers and refusals are as the document says.

use crate::check::Source::{Document, Observed, Purpose, Standard};

checks! {
    SCH001 status_documented Schema Must
    "every answer has a status that the document lists for the operation"
    [Document("responses of the operation"), Observed("400, 403, 404, 405, 409 and 422 are answered though not listed")]
    follows ["SCH005", "SCH006", "SCH008", "SCH009"]
    "A client branches on the status. Success must have one of the listed statuses (201 for a create, 204 for a delete); refusals may also have those that Skyvern is known to answer. Look at the status that the handler sets explicitly or by default."

    SCH002 content_type Schema Must
    "an answer with a body has a content type that the document lists for its status"
    [Document("content of the response"), Standard("RFC 9110 section 8.3")]
    follows ["SCH005"]
    "A client picks its decoder by the content type. Parameters such as charset are ignored. A body without any content type fails too."

    SCH003 body_valid Schema Must
    "the body of an answer validates against the schema of its status"
    [Document("schema of the response"), Standard("JSON Schema 2020-12")]
    follows ["SCH001", "SCH002", "SCH005"]
    "The raw schema of the document is used, with every keyword. The finding names the member at fault and the keyword that it breaks."

    SCH004 headers_required Schema Must
    "an answer has the headers that the document requires"
    [Document("headers of the response")]
    follows ["SCH001", "SCH005"]
    "Headers marked as required must be there, and every documented header that is there must validate against its schema."

    SCH005 no_server_error Schema Must
    "no input is answered with a 5xx"
    [Standard("RFC 9110 section 15.6"), Purpose("an input that breaks the server is a fault of the server")]
    follows []
    "Valid or not, an input must never make the server fail. Inputs come from the schema and from breaking it one constraint at a time."

    SCH006 valid_accepted Schema Must
    "a request that the document allows is accepted"
    [Document("parameters and request body of the operation")]
    follows ["SCH005"]
    "Inputs are the document's own examples, then each constraint at its bound, each enum value, each branch of a union, each optional member present, absent and null, then random ones. All validate. A server that refuses one is stricter than its document."

    SCH007 no_content_empty Schema Must
    "an answer 204 has no body"
    [Standard("RFC 9110 section 15.3.5")]
    follows []
    "A 204 ends with its headers. A body, or a content type that announces one, makes clients read into the next answer or fail to decode."

    SCH008 invalid_body_refused Schema Must
    "a request body that breaks its schema is refused with a 4xx"
    [Document("schema of the request body"), Observed("422")]
    follows ["SCH005"]
    "Each input breaks exactly one constraint, is proved invalid by the validator before it is sent, and carries the reason. A server that takes it will store what its document forbids."

    SCH009 invalid_parameter_refused Schema Must
    "a path or query parameter that breaks its schema is refused with a 4xx"
    [Document("parameters of the operation"), Observed("422")]
    follows ["SCH005"]
    "As for bodies, judged on the value that the server sees: a query parameter is text first, so null is the string \"null\"."

    SCH010 error_shape Schema Must
    "the body of a refusal has the documented or the known shape of an error"
    [Document("error responses of the operation"), Observed("detail is a list of {loc, msg, type} for request errors, a string or an object otherwise")]
    follows ["SCH002", "SCH005"]
    "Clients show the reason of a refusal to people. It must be JSON and have the schema that the document gives, or else the shape that Skyvern answers."

    SCH011 error_location Schema Should
    "the refusal of an invalid request names the member at fault"
    [Document("HTTPValidationError"), Observed("loc begins with body, query or path, and may hold names of union branches and integers")]
    follows ["SCH008", "SCH009", "SCH010"]
    "An error that points elsewhere sends people looking in the wrong place. The names of the broken member must appear in loc in their order; more tokens in between are fine."

    SCH012 models_decode Schema Must
    "the models of the generated client read every answer that validates"
    [Purpose("the document, the server and the client must agree")]
    follows ["SCH001", "SCH002", "SCH003", "SCH005"]
    "What validates against the schema must decode without an error and without losing a member that the schema names."

    SCH013 defaults_apply Schema Must
    "leaving out an optional parameter is the same as sending its default"
    [Document("default of the parameter"), Standard("OpenAPI 3.1 Schema Object")]
    follows ["SCH005", "SCH006"]
    "A default is what the receiver assumes when there is no value. The same read is sent with and without it and must answer the same."
}
